// Package credentials provides the credentials from Lambda's environment to AWS clients. The
// SDK's own search (its config package) would slow down every cold start.
package credentials

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"livechat/shared/env"
)

// Lambda provides the function's credentials. It reads them at each retrieval.
var Lambda = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     env.Required("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: env.Required("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    env.Optional("AWS_SESSION_TOKEN"),
		Source:          "Lambda environment",
	}, nil
})
