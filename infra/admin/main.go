// Command admin is the operator's command line: users and their auth tokens,
// agents, departments and settings, in the table of a deployed stack or of the
// laptop cloud. It works on the database itself, so it needs no user to begin
// with: whoever may write the table may do everything here.
//
//	admin --help
//
// Results are on stdout, remarks and mistakes on stderr. It ends with 0 when
// all is done, 1 when something could not be done, 2 when the command line is
// wrong.
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
