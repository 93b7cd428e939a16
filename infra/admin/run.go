package main

import (
	"context"
	"io"

	"livechat/shared/store"
)

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	line, command, err := parse(args, stdout, stderr)
	if err != nil {
		printError(stderr, err)
		return exitUsage
	}
	if command == nil {
		return exitDone // parse has shown the help
	}
	var db *database
	command.BindTo(ctx, (*context.Context)(nil))
	// Only commands that need the store open it.
	err = command.BindToProvider(func() (s *store.Store, err error) {
		if db, err = line.Connection.open(ctx); err != nil {
			return nil, err
		}
		return db.store, nil
	})
	if err == nil {
		err = command.Run(line.Connection, &output{stdin: stdin, stdout: stdout, stderr: stderr, json: line.JSON})
	}
	if db != nil {
		err = db.explain(err)
	}
	if err != nil {
		printError(stderr, err)
		return exitFailed
	}
	return exitDone
}
