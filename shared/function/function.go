// Package function has what all Lambda functions share: their start, and the time limit for
// one event. Packages lambdahttp and schedule handle the events.
package function

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"livechat/shared/telemetry"
)

// Prepare starts logging and metrics, and runs each of prime during the function's start,
// when no event waits for it.
func Prepare(prime ...func(context.Context)) {
	telemetry.Start()
	for _, p := range prime {
		p(context.Background())
	}
}

// endMargin is the time reserved for answering or storing a last result after the work's
// time is used up.
const endMargin = time.Second

// WithTime returns a context that ends shortly before Lambda ends the function.
func WithTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-endMargin))
}

// Run does work for which no caller waits, for example scheduled work, within the
// function's time, and logs its result. An error makes Lambda retry the same event.
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
