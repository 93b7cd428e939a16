// Package laptop tests what only the laptop cloud can show: round trips to the database,
// the clock, permissions, and the gateway's own answers. It also checks the template, the
// sample events and the examples in the documentation against the running system.
package laptop
