// Package validators compares this service's refusals with those of the published request
// validators of the wire format's own server: an independent oracle. It contains random
// bodies and queries, both verdicts on each, and every intended difference with its
// reason. The effect of accepted requests is tested elsewhere.
package validators
