// Command install installs the npm packages of the given folders, unless they already
// match their lock files:
//
//	go run ./infra/tools/npm/install infra/test/clients/widget
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"livechat/infra/tools/npm"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	for _, path := range os.Args[1:] {
		if err := (npm.Folder{Path: path, What: path}).Install(ctx, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, "install:", err)
			os.Exit(1)
		}
	}
}
