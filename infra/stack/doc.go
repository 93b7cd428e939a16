// Package stack tests what the template deploys beside what runs on a laptop:
// log groups, alarms, the dashboard, parameters.
package stack
