// Package credentials gives AWS clients the credentials that Lambda sets in a
// function's environment. The SDK's own search for them (its config package)
// would cost every cold start.
package credentials

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"livechat/shared/env"
)

// Lambda are those of the function, read when they are asked for.
var Lambda = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     env.Required("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: env.Required("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    env.Optional("AWS_SESSION_TOKEN"),
		Source:          "Lambda environment",
	}, nil
})
