package api

import (
	"time"

	"github.com/jellydator/ttlcache/v3"
	"golang.org/x/time/rate"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// readLimit limits how often each token makes reads that cost more than a few read
// units. It counts in the memory of one process, so it costs no round trip, but a caller
// served by n processes gets n times the limit.
type readLimit struct {
	limiters *ttlcache.Cache[string, *rate.Limiter]
}

const (
	// limitedTokens limits the tokens that a process remembers. It remembers the most
	// recent ones.
	limitedTokens = 1000
	// leastBurst is the minimum of the burst, which covers the reads of a page load. A
	// burst is a tenth of the limit, at least leastBurst, and at most the limit.
	leastBurst = 10
)

func newReadLimit() readLimit {
	return readLimit{ttlcache.New(
		ttlcache.WithCapacity[string, *rate.Limiter](limitedTokens),
		ttlcache.WithTTL[string, *rate.Limiter](time.Minute), // an idle limiter is full again by then
	)}
}

// allow fails with livechat.RateLimitError if the token has read too often by now.
func (l readLimit) allow(token string, settings settings.Settings, now livechat.Time) error {
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
