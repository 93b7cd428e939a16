// Package telemetry is how a function tells what happens in it: as log lines
// in Lambda's own JSON form, each with the id of its request.
//
// No line holds a token, an address or a message's text. What is logged where
// is decided there: faults once, at the edge (package api).
package telemetry

import (
	"log/slog"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// LogToLambda makes Lambda's log the default one, at the level that the
// function's LoggingConfig sets.
func LogToLambda() { slog.SetDefault(lambdacontext.NewLogger()) }
