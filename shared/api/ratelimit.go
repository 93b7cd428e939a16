package api

import (
	"context"
	"net/http"

	"livechat/shared/livechat"
)

// RateLimiter are the limits on how often something may be done.
type RateLimiter interface {
	// Admit counts what is about to be done, what has the same name once. It fails
	// with livechat.OverLimit when there was too much of it in the minute of now.
	Admit(ctx context.Context, now livechat.Time, counts ...livechat.RateUse) error
}

// admission is a question whether something may be done, which is asked beside the
// request's reads and costs no round trip of its own. It must be let go.
type admission struct{ asked *task[struct{}] }

func admit(ctx context.Context, admissions RateLimiter, counts ...livechat.RateUse) admission {
	return admission{startTask(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, admissions.Admit(ctx, RequestTime(ctx), counts...)
	})}
}

func (a admission) release() { a.asked.stop() }

// granted fails with livechat.OverLimit, or when it could not be counted.
func (a admission) granted() error {
	_, err := a.asked.wait()
	return err
}

// first is the error of a request whose reads ran beside the question: that it came
// too often is said before what the reads failed with.
func (a admission) first(err error) error {
	if refused := a.granted(); refused != nil {
		return refused
	}
	return err
}

// clientKey names where the request comes from, by what the gateway says, and not by a
// header that anybody can send.
func clientKey(r *http.Request) string {
	return livechat.Client(r.RemoteAddr, r.Header.Get("Origin"))
}
