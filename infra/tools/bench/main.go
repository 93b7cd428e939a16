// Command bench compares the functions with a hello world that is built in the same way.
// It measures the size, the start, the first answer, a warm answer and the memory.
//
//	make bench
//	go run ./infra/tools/bench --help
//
// Results go to stdout, and progress goes to stderr. The exit code is 0 if everything was
// measured, even if a target is missed.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	var f flags
	kong.Parse(&f, kong.Name("bench"), kong.Description(description))
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	r, err := run(ctx, f, os.Stderr)
	if err == nil {
		err = r.write(os.Stdout, f.JSON)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}
