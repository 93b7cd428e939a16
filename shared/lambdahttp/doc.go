// Package lambdahttp runs an [http.Handler] as a Lambda function of an HTTP API (payload
// format 2.0).
//
// The awslabs adapter, used in one file, converts between events and requests. The package
// gives the handler a deadline, the event's own time, and the caller's headers as they were
// sent. A panic of the handler answers 500 and does not end the process.
package lambdahttp
