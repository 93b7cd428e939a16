// Package function is what every Lambda function does, whatever wakes it: how it
// starts, and how long it has for one event. Not inside: events, see packages
// lambdahttp and schedule.
package function

import (
	"context"
	"fmt"
	"log/slog"
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

// Run does work whose caller waits for nothing, such as a schedule's, within the function's
// time, and logs its result. An error has Lambda try the same event again.
func Run[Result any](ctx context.Context, work func(context.Context) (Result, error)) (Result, error) {
	ctx, cancel := WithTime(ctx)
	defer cancel()
	result, err := work(ctx)
	if err != nil {
		telemetry.Count(telemetry.Faults)
		slog.ErrorContext(ctx, "run failed", "error", err.Error())
		return result, fmt.Errorf("run: %w", err)
	}
	slog.InfoContext(ctx, "run done", "result", result)
	return result, nil
}
