// Command with runs another command with its own DynamoDB Local:
//
//	go run ./infra/dynamodb-local/with -- go test ./...
//
// The database is in memory, on a free port, and ends with the command. If
// AWS_ENDPOINT_URL_DYNAMODB is already set, that database is used instead.
package main

import (
	"fmt"
	"os"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
	}
	os.Exit(code)
}
