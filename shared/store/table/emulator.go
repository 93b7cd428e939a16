package table

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Emulator returns a client of a DynamoDB emulator on this machine. The emulator requires
// credentials but does not check them.
func Emulator(endpoint string, options ...func(*dynamodb.Options)) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		// Some emulators separate tables by region and access key. Use the values that
		// the functions use.
		Region:       "us-east-1",
		BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	}, append([]func(*dynamodb.Options){RetryPolicy}, options...)...)
}
