// Package schema reads request bodies: it checks a JSON body against a
// description of what it may hold, coerces scalars as the ajv validator of the
// wire format's own server does, and fails with that validator's words.
//
// Of several violations it reports one: a missing member first, in the order
// of the description, then an unknown one, then those of types and lengths,
// again in that order.
package schema
