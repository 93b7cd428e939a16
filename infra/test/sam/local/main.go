// Command local runs the functions and their API with `sam local start-api` and the demo
// data, until it is stopped:
//
//	make sam-local
//
// With a command as arguments, it runs until the command ends. The command gets the API's
// address in LIVECHAT_URL and the table's name in LIVECHAT_TABLE.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sam-local:", err)
		os.Exit(1)
	}
}
