package api

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"livechat/shared/livechat"
)

// readLimit limits how often each token reads what costs more than a few units, in
// the memory of one process: it takes no round trip, and a caller who is served by
// several processes gets as many times the limit.
type readLimit struct {
	limiters *lru.Cache[string, *rate.Limiter]
}

// limitedTokens is how many tokens a process remembers, the last ones.
const limitedTokens = 1000

func newReadLimit() readLimit {
	limiters, err := lru.New[string, *rate.Limiter](limitedTokens)
	if err != nil {
		panic(err) // the size is not positive
	}
	return readLimit{limiters}
}

// allow fails with livechat.OverLimit when the token has read too often by now.
func (l readLimit) allow(token string, settings livechat.Settings, now livechat.Time) error {
	perMinute := livechat.ReadsPerToken.In(settings)
	if perMinute == 0 {
		return nil
	}
	limiter, known := l.limiters.Get(token)
	if !known || limiter.Burst() != perMinute {
		limiter = rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), perMinute)
		l.limiters.Add(token, limiter)
	}
	if !limiter.AllowN(now.Time(), 1) {
		return livechat.Exceeded(perMinute, now)
	}
	return nil
}
