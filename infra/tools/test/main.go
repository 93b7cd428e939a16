// Command test runs go test, and reports each package as it ends and each failed test with
// its output and the command that repeats it alone:
//
//	go run ./infra/tools/test -short -count=1 ./...
//
// All arguments are passed on to go test.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	passed, err := run(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "test:", err)
	}
	if err != nil || !passed {
		os.Exit(1)
	}
}
