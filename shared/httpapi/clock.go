package httpapi

import (
	"context"
	"time"

	"livechat/shared/livechat"
)

type timeKey struct{}

// WithTime returns a context for a request that the gateway received at t. All rules use
// this time, so they all follow the gateway's clock.
func WithTime(ctx context.Context, t time.Time) context.Context {
	return context.WithValue(ctx, timeKey{}, livechat.At(t))
}

// RequestTime returns the time that [WithTime] set, else the current time.
func RequestTime(ctx context.Context) livechat.Time {
	if t, ok := ctx.Value(timeKey{}).(livechat.Time); ok {
		return t
	}
	return livechat.At(time.Now())
}
