// Package sdk has a visitor's whole session done by the JavaScript SDK of the wire
// format, as it is published, against a laptop cloud. Inside: the session, and the
// test that runs it in Node.js. Not inside: what the calls promise beyond what the
// SDK's callers see.
package sdk
