// Package api answers the HTTP calls. Each endpoint has a constructor that returns an
// [http.Handler].
//
// A handler decodes and checks the request, applies a rule of package livechat, makes
// one or two calls to the small store interface declared in the same file, and wraps
// the result in the wire's envelope. It does not depend on Lambda or DynamoDB. The
// gateway sets the time of a request, see [WithTime].
package api
