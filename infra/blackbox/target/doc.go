// Package target is the system that the black-box tests are about, seen from
// outside: over HTTP. Inside: which system it is, calls and what is expected of
// their answers, the demo data's names. Not inside: any test.
package target
