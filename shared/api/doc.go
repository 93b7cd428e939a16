// Package api answers the HTTP calls. Each endpoint has a constructor that returns an
// [http.Handler].
//
// A handler decodes and checks the request, applies a rule of package livechat, makes one
// or two calls to the small store interface declared in the same file, and wraps the
// result in the wire's envelope. It does not depend on Lambda or DynamoDB. A request's
// time is the time at which the gateway received it, see [httpapi.WithTime].
package api
