// Package env reads a function's environment variables. A missing required variable ends the
// start with its name, because a function with half its settings is harder to find than one
// that does not start.
package env

import (
	"fmt"
	"os"
)

// Required returns the value of the variable. It ends the process if the variable is unset
// or empty.
func Required(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fmt.Fprintf(os.Stderr, "environment variable %s must be set\n", name)
		os.Exit(1)
	}
	return value
}

// Optional returns the value of the variable, or "" if it is unset.
func Optional(name string) string { return os.Getenv(name) }
