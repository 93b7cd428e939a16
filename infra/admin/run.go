package main

import (
	"context"
	"errors"
	"io"
	"sync"

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
	// Only commands that need the store or the clock open the table.
	open := sync.OnceValues(func() (_ *database, err error) {
		db, err = line.Connection.open(ctx)
		return db, err
	})
	err = errors.Join(command.BindToProvider(func() (*store.Store, error) {
		opened, err := open()
		if err != nil {
			return nil, err
		}
		return opened.store, nil
	}), command.BindToProvider(func() (clock, error) {
		opened, err := open()
		if err != nil {
			return clock{}, err
		}
		return opened.clock, nil
	}))
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
