// Package schema reads request bodies. It checks a JSON body against a description. It
// coerces scalars and words its errors like ajv, the validator of the wire format's own
// server.
//
// It reports only the first of several violations: a missing member, then an unknown
// member, then a wrong type or length. Members are checked in the description's order.
package schema
