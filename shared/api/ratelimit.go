package api

import (
	"context"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// RateLimiter lists the store methods that admit uses.
type RateLimiter interface {
	// Admit counts uses of rate limits. Concurrent uses with the same What are counted
	// once. Admit fails with livechat.RateLimitError if a limit is exceeded in the minute
	// of now.
	Admit(ctx context.Context, now livechat.Time, counts ...livechat.RateUse) error
}

// admission is a rate-limit check that runs in parallel with the request's reads, so it
// adds no round trip. It must be released.
type admission struct{ check *task[struct{}] }

func admit(ctx context.Context, limiter RateLimiter, counts ...livechat.RateUse) admission {
	return admission{startTask(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, limiter.Admit(ctx, httpapi.RequestTime(ctx), counts...)
	})}
}

func (a admission) release() { a.check.stop() }

// granted waits for the check. It fails with livechat.RateLimitError, or if the use could
// not be counted.
func (a admission) granted() error {
	_, err := a.check.wait()
	return err
}

// preferRateLimitError returns err, the error of reads that ran in parallel with the check.
// If the check failed, it returns the check's error instead.
func (a admission) preferRateLimitError(err error) error {
	if refused := a.granted(); refused != nil {
		return refused
	}
	return err
}

// clientKey identifies the caller by the address that the gateway saw, never by a
// forwarding header, and by the website's origin.
func clientKey(r *http.Request) string {
	return livechat.Client(r.RemoteAddr, r.Header.Get("Origin"))
}
