package lambdahttp

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"

	"livechat/shared/env"
	"livechat/shared/telemetry"
)

// Start answers requests with the handler until Lambda ends the process. Each
// of prime is run first: what a function does while it starts, no request
// waits for.
func Start(handler http.Handler, prime ...func(context.Context)) {
	telemetry.Start()
	for _, p := range prime {
		p(context.Background())
	}
	clock := gatewayTime
	if env.Optional("AWS_SAM_LOCAL") != "" {
		clock = wallTime
	}
	lambda.Start(function{handler, clock}.serve)
}
