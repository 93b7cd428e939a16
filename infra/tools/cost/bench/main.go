// Command bench measures the database capacity that requests consume, and writes the
// results into a document.
//
//	make bench-cost
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
	kong.Parse(&f, kong.Name("bench-cost"), kong.Description(description))
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, f); err != nil {
		fmt.Fprintln(os.Stderr, "bench-cost: error:", err)
		os.Exit(1)
	}
}
