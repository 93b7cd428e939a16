// Package lambdahttp runs an [http.Handler] as a Lambda function behind an
// HTTP API (payload format 2.0).
//
// The conversion between event and request is the awslabs adapter's, used in
// one file. It gives the handler a deadline, the event's own time, and the
// caller's headers as they were sent; a handler that panics answers 500 and
// the process lives on.
package lambdahttp
