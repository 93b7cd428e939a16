// Package cost measures the database capacity that requests to a laptop cloud consume.
// Its client reads the cost from each answer. The package measures every route in a
// typical and in the worst case, for which it creates data that makes requests expensive.
// It also measures a whole chat, writes the results as tables and compares them with the
// limits in limits.go. Package infra/local/database counts the capacity.
package cost
