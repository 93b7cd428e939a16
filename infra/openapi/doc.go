// Package openapi reads the API description, infra/openapi.yaml, and checks answers
// against it. The description must cover every answer.
//
// The package returns the document's routes, each route's possible statuses, and the
// error texts. Package page creates the documentation page. The package does not check
// requests. The API's calls check requests themselves, which is tested with schemathesis.
package openapi
