package main

import (
	"context"
	"io"

	"livechat/shared/store"
)

// run carries the command line out, and returns what the program ends with.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
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
		err = command.Run(line.Connection, &output{stdin: stdin, stdout: stdout, stderr: stderr, json: line.JSON})
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
