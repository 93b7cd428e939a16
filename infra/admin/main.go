// Command admin is the operator's command line. It manages the users, auth tokens,
// agents, departments and settings in the table of a deployed stack or of the laptop
// cloud. It works on the table directly, so write access to the table is the only
// permission it needs.
//
//	admin --help
//
// Results go to stdout, remarks and errors to stderr. The exit code is 0 for success,
// 1 for failure, 2 for a wrong command line.
package main

import (
	"context"
	"os"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
