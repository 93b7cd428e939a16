// Package function is what every Lambda function does, whatever wakes it: how it
// starts, and how long it has for one event. Not inside: events, see packages
// lambdahttp and schedule.
package function

import (
	"context"
	"time"

	"livechat/shared/telemetry"
)

// Prepare begins logging and metrics, and runs each of prime: what a function
// does while it starts, no event waits for.
func Prepare(prime ...func(context.Context)) {
	telemetry.Start()
	for _, p := range prime {
		p(context.Background())
	}
}

// endMargin is what is left of the function's time to answer in, or to write
// down a last result, when the work has used up the rest.
const endMargin = time.Second

// WithTime returns a context that ends shortly before Lambda ends the function.
func WithTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-endMargin))
}
