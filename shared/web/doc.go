// Package web has the pages that people open: the survey page, on which a visitor answers,
// the report page, and the API's documentation.
//
// The package has their handlers, texts and styles. Packages livechat and report define
// answers and figures. The API's documentation is generated from infra/openapi.yaml.
//
// The survey page works without scripts and sets no cookie. So there is no session that
// another website could misuse. Anyone who knows the code may answer.
package web
