// Package schedule runs work as a Lambda function that a schedule wakes
// (EventBridge Scheduler).
//
// The work's time is the one it was scheduled for, so that a moved clock moves
// it. Not inside: the work.
package schedule

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"livechat/shared/env"
	"livechat/shared/function"
	"livechat/shared/livechat"
)

// Work is what is done each time. The result is logged, and the answer to
// whoever invokes the function by hand; an error has the scheduler try again.
type Work[Result any] func(ctx context.Context, at livechat.Time) (Result, error)

// Event is what the template has the scheduler send. Without a time, as from
// somebody's hand, it is now.
type Event struct {
	Time time.Time `json:"time"`
}

// Start does the work whenever the function is woken, until Lambda ends the
// process. Each of prime is run first, see [function.Prepare].
func Start[Result any](work Work[Result], prime ...func(context.Context)) {
	function.Prepare(prime...)
	lambda.Start(work.run)
}

func (work Work[Result]) run(ctx context.Context, event Event) (Result, error) {
	at := event.Time
	// The sample events that SAM is given have a time of their own.
	if at.IsZero() || env.Optional("AWS_SAM_LOCAL") != "" {
		at = time.Now()
	}
	return function.Run(ctx, func(ctx context.Context) (Result, error) { return work(ctx, livechat.At(at)) })
}
