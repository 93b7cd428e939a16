// Package schedule runs work as a Lambda function that EventBridge Scheduler invokes.
//
// The work's time is its scheduled time, so that moving the scheduler's clock moves it.
package schedule

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"livechat/shared/env"
	"livechat/shared/function"
	"livechat/shared/livechat"
)

// Work is called at each invocation. Its result is logged and returned to a manual caller.
// An error makes the scheduler retry.
type Work[Result any] func(ctx context.Context, at livechat.Time) (Result, error)

// Event is the scheduler's event as the template defines it. A zero Time, as in a manual
// invocation, means now.
type Event struct {
	Time time.Time `json:"time"`
}

// Start does the work at each invocation until Lambda ends the process. It runs each of
// prime first, see [function.Prepare].
func Start[Result any](work Work[Result], prime ...func(context.Context)) {
	function.Prepare(prime...)
	lambda.Start(work.run)
}

func (work Work[Result]) run(ctx context.Context, event Event) (Result, error) {
	at := event.Time
	// SAM's sample events have a fixed time.
	if at.IsZero() || env.Optional("AWS_SAM_LOCAL") != "" {
		at = time.Now()
	}
	return function.Run(ctx, func(ctx context.Context) (Result, error) { return work(ctx, livechat.At(at)) })
}
