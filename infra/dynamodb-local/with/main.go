// Command with runs another command with a DynamoDB Local of its own:
//
//	go run ./infra/dynamodb-local/with -- go test ./...
//
// The database is in memory, on a free port, and ends with the command. When
// AWS_ENDPOINT_URL_DYNAMODB is set already, that database is used instead.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	dynamodblocal "livechat/infra/dynamodb-local"
)

const endpointVariable = "AWS_ENDPOINT_URL_DYNAMODB"

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
	}
	os.Exit(code)
}

func run(args []string) (int, error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("no command given; use: with -- COMMAND [ARGUMENT …]")
	}
	if os.Getenv(endpointVariable) != "" {
		return runCommand(args, nil, nil)
	}
	folder, err := dynamodblocal.Find()
	if err != nil {
		return 1, err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	db, err := dynamodblocal.Start(ctx, dynamodblocal.Options{Folder: folder, Progress: os.Stderr})
	if err != nil {
		return 1, err
	}
	defer db.Stop()
	return runCommand(args, []string{endpointVariable + "=" + db.Endpoint}, db.Done())
}
