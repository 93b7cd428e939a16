package lambdahttp

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"

	"livechat/shared/env"
	"livechat/shared/function"
)

// Start answers requests with the handler until Lambda ends the process. It runs each of
// prime first, see [function.Prepare].
func Start(handler http.Handler, prime ...func(context.Context)) {
	function.Prepare(prime...)
	clock := gatewayTime
	if env.Optional("AWS_SAM_LOCAL") != "" {
		clock = wallTime
	}
	lambda.Start(server{handler, clock}.serve)
}
