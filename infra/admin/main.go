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
	"io"
	"os"

	"livechat/shared/store"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	line, command, err := parse(args, stdout, stderr)
	if err != nil {
		complain(stderr, err)
		return exitUsage
	}
	if command == nil {
		return exitDone
	}
	var db *database
	command.BindTo(ctx, (*context.Context)(nil))
	// Opened for commands that want it.
	err = command.BindToProvider(func() (s *store.Store, err error) {
		if db, err = line.Connection.open(ctx); err != nil {
			return nil, err
		}
		return db.store, nil
	})
	if err == nil {
		err = command.Run(line.Connection, &output{stdout: stdout, stderr: stderr, json: line.JSON})
	}
	if db != nil {
		err = db.explain(err)
	}
	if err != nil {
		complain(stderr, err)
		return exitFailed
	}
	return exitDone
}
