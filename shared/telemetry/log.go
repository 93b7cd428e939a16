// Package telemetry is how a function tells what happens in it: log lines in
// Lambda's own JSON form, each with the id of its request, and metrics, which
// are log lines too.
//
// No line holds a token, a mail address or a message's text. What is logged where
// is decided there: faults once, at the edge (package api).
package telemetry

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"livechat/shared/env"
)

// Start makes Lambda's log the default one, at the level that the function's
// LoggingConfig sets, and has metrics counted.
func Start() {
	slog.SetDefault(lambdacontext.NewLogger())
	CountTo(os.Stdout, env.Optional("STACK_NAME"))
}
