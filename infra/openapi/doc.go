// Package openapi reads the API's description, infra/openapi.yaml, and holds
// answers against it: whatever a caller is answered must be described there.
//
// Inside: the document's routes, what each may answer, and the texts it refuses
// with. Not inside: the page that people read, which is package page; what a
// request may be, which the calls themselves decide and schemathesis tries out.
package openapi
