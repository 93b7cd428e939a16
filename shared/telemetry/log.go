// Package telemetry has a function's log and metrics. Log lines have Lambda's JSON format
// and the id of their request. Metrics are log lines, too.
//
// No line contains a token, a mail address or a message's text. The callers decide what
// to log. Package httpapi logs each fault of a call once.
package telemetry

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"livechat/shared/env"
)

// Start makes Lambda's logger the default, at the level of the function's LoggingConfig, and
// enables metrics.
func Start() {
	// All functions of a stack share a log group.
	slog.SetDefault(lambdacontext.NewLogger().With("function", lambdacontext.FunctionName))
	CountTo(os.Stdout, env.Optional("STACK_NAME"))
}
