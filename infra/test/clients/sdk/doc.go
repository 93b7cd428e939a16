// Package sdk runs a visitor's whole session with the published JavaScript SDK of the
// wire format, against a laptop cloud. The test runs the session in Node.js. It checks
// only what the SDK's callers see.
package sdk
