// Command calls is a function that calls the database in the way its path selects.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(handle) }
