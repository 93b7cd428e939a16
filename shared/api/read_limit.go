package api

import (
	"time"

	"github.com/jellydator/ttlcache/v3"
	"golang.org/x/time/rate"

	"livechat/shared/livechat"
)

// readLimit limits how often each token reads what costs more than a few units, in
// the memory of one process: it takes no round trip, and a caller who is served by
// several processes gets as many times the limit.
type readLimit struct {
	limiters *ttlcache.Cache[string, *rate.Limiter]
}

const (
	// limitedTokens is how many tokens a process remembers, the last ones.
	limitedTokens = 1000
	// leastBurst is how many reads may follow each other at once, unless the limit is
	// smaller: a tenth of the limit's, but not fewer than a page loads.
	leastBurst = 10
)

func newReadLimit() readLimit {
	return readLimit{ttlcache.New(
		ttlcache.WithCapacity[string, *rate.Limiter](limitedTokens),
		ttlcache.WithTTL[string, *rate.Limiter](time.Minute), // by then, a limiter allows what a new one does
	)}
}

// allow fails with livechat.OverLimit when the token has read too often by now.
func (l readLimit) allow(token string, settings livechat.Settings, now livechat.Time) error {
	perMinute := livechat.ReadsPerToken.In(settings)
	if perMinute == 0 {
		return nil
	}
	every := rate.Every(time.Minute / time.Duration(perMinute))
	known := l.limiters.Get(token)
	if known == nil || known.Value().Limit() != every {
		known = l.limiters.Set(token, rate.NewLimiter(every, min(perMinute, max(perMinute/10, leastBurst))), ttlcache.DefaultTTL)
	}
	if !known.Value().AllowN(now.Time(), 1) {
		return livechat.Exceeded(perMinute, now)
	}
	return nil
}
