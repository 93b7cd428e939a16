// Package web has the pages that people open: the survey's, on which a visitor
// answers, the report's, and the one that describes the API.
//
// Inside: their handlers, texts and looks. Not inside: what an answer or a
// figure is, see packages livechat and report; what the API's description says,
// which is made of infra/openapi.yaml.
//
// The survey's page works without scripts and sets no cookie. Without one there
// is nothing a foreign page could misuse: whoever knows the code may answer.
package web
