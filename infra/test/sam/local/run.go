package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"livechat/infra/test/sam"
)

func run(ctx context.Context, command []string) error {
	port, err := strconv.Atoi(os.Getenv("PORT"))
	if err != nil {
		return fmt.Errorf("PORT must be a number: %w", err)
	}
	local, err := sam.Open(".", os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"))
	if err != nil {
		return err
	}
	if err := local.Seed(ctx); err != nil {
		return err
	}
	log, err := logFor(command)
	if err != nil {
		return err
	}
	api, err := local.StartAPI(ctx, port, log)
	if err != nil {
		return unlessEnded(ctx, err)
	}
	defer api.Stop()
	if len(command) > 0 {
		return runWith(ctx, api, command)
	}
	fmt.Println("ready: " + api.URL)
	fmt.Fprintf(os.Stderr, hints, local.InvokeLine(local.Functions()[0]))
	select {
	case <-ctx.Done():
		return nil
	case <-api.Done():
		return unlessEnded(ctx, errors.New("SAM ended unexpectedly; see above"))
	}
}

const hints = `
The calls that "make run" prints work here too. To run a single function with a
sample event in its own container:

  %s

Ctrl-C ends it.

`

// logFor returns the log of SAM and the functions, which stays open until the process
// ends. If a command runs, the log is a file, so that it does not mix with the command's
// output.
func logFor(command []string) (*os.File, error) {
	if len(command) == 0 {
		return os.Stderr, nil
	}
	const path = ".local/sam.log"
	fmt.Fprintln(os.Stderr, "sam-local: SAM's log is in", path)
	return os.Create(path)
}

// runWith runs a command that uses the API.
func runWith(ctx context.Context, api *sam.API, command []string) error {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.Env = append(os.Environ(), "LIVECHAT_URL="+api.URL, "LIVECHAT_TABLE="+sam.TableName)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", command[0], err)
	}
	return nil
}

// unlessEnded drops an error that this process's own end has caused.
func unlessEnded(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return nil
	default:
		return err
	}
}
