// Package lambdahttp runs an [http.Handler] as a Lambda function of an HTTP API (payload
// format 2.0).
//
// The awslabs adapter, used in one file, converts between events and requests. The
// package gives the handler a deadline, the event's own time, and the caller's headers as
// they were sent. If the handler panics, the answer is a 500, and the process continues.
package lambdahttp
