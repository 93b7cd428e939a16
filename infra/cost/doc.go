// Package cost measures what requests consume of the database, on a laptop cloud, over
// HTTP. Inside: a client that knows what each answer cost, hostile data that makes
// requests expensive, every route in a typical and in the worst case, a whole chat, and
// the table of what came of it. Not inside: what is too expensive; how the cloud counts,
// see package infra/local/database.
package cost
