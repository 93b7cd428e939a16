// Package env reads the environment a function is started with. A variable
// that must be there and is not ends the start, with its name: a function that
// runs with half its settings is harder to find than one that does not run.
package env

import (
	"fmt"
	"os"
)

// Required returns the value of the named variable and ends the process when
// it is unset or empty.
func Required(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fmt.Fprintf(os.Stderr, "environment variable %s must be set\n", name)
		os.Exit(1)
	}
	return value
}

// Optional returns the value of the named variable, or "" when it is unset.
func Optional(name string) string { return os.Getenv(name) }
