// Package cost measures, over HTTP, the database capacity that requests consume on a
// laptop cloud. It has a client that reads each answer's cost, hostile data that makes
// requests expensive, every route in a typical and in the worst case, a whole chat, and
// tables of the results. The limits are in limits.go. Package infra/local/database counts
// the capacity.
package cost
