// Command calls is a function that calls the database as its path says.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(handle) }
