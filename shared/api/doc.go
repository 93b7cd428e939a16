// Package api answers the HTTP calls: one constructor of an [http.Handler] per
// endpoint.
//
// A handler decodes and checks the request, applies a rule of package
// livechat, makes one or two calls of the small store interface declared
// beside it, and puts the result into the wire's envelope. It knows no Lambda
// and no DynamoDB. The time of a request is the gateway's, see [WithTime].
package api
