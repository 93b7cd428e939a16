// Package faults runs many clients against a laptop cloud while its database fails.
// Afterwards, it compares the answers that the clients received with the stored state.
// Nothing that was acknowledged may be lost, nothing may be done twice, and every failed
// call must have been refused correctly. It contains the clients and their model, the
// faults, the checks and the load. Package infra/local/fault injects the faults.
package faults
