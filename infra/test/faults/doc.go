// Package faults runs many clients against a laptop cloud while its database fails.
// Afterwards it compares the clients' answers with the stored state: nothing acknowledged
// is lost, nothing is done twice, and everything that failed was refused correctly. It
// contains the clients and their model, the faults, the checks and the load. Package
// infra/local/fault injects the faults.
package faults
