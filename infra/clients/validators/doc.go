// Package validators compares what this service refuses with what the request
// validators of the wire format's own server refuse, as they are published: an
// oracle that was not written here. Inside: random bodies and queries, the two
// verdicts on each, and every difference that is meant, with its reason. Not
// inside: what the calls do once a request is accepted.
package validators
