// Command local runs the functions and their API by `sam local start-api`, with
// the demo data, until it is ended:
//
//	make sam-local
//
// With a command behind it, it lasts as long as the command, which finds the API
// by LIVECHAT_URL and the table by LIVECHAT_TABLE.
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
