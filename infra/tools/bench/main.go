// Command bench measures what the functions cost compared to a hello world that is built
// in the same way: size, start, first answer, warm answer and memory.
//
//	make bench
//	go run ./infra/tools/bench --help
//
// Results go to stdout, progress to stderr. A slow figure is a result, not a failure: the
// exit code is 0 if everything was measured.
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
