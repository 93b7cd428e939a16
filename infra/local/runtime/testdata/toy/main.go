// Command toy is a function that follows the instruction in its event, including
// failures.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	if os.Getenv("TOY_START") == "exit" {
		fmt.Fprintln(os.Stderr, "no TABLE_NAME")
		os.Exit(3)
	}
	lambda.Start(handle)
}
