// Command tells is a function that forwards its events by mail and by webhook.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(handle) }
