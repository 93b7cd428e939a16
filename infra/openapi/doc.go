// Package openapi reads the API description, infra/openapi.yaml, and checks answers
// against it: every answer must be described there.
//
// It has the document's routes, the possible answers of each, and the error texts.
// Package page creates the page for people. Requests are not checked here: the calls
// themselves do that, and schemathesis tests it.
package openapi
