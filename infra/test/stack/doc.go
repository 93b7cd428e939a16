// Package stack tests the parts of the template that exist only when deployed: log
// groups, alarms, the dashboard, parameters.
package stack
