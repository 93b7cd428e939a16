package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	dynamodblocal "livechat/infra/dynamodb-local"
)

const endpointVariable = "AWS_ENDPOINT_URL_DYNAMODB"

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
	db, err := dynamodblocal.Start(ctx, dynamodblocal.Options{PackageDir: folder, Progress: os.Stderr})
	if err != nil {
		return 1, err
	}
	defer db.Stop()
	return runCommand(args, []string{endpointVariable + "=" + db.Endpoint}, db.Done())
}
