package gateway

import (
	"golang.org/x/time/rate"

	"livechat/infra/local/template"
)

// buckets holds the token buckets of the throttled routes, by route key. Each call takes
// a token. A bucket gets Rate tokens per second, up to Burst. It uses the machine's time,
// not the movable clock.
type buckets map[string]*rate.Limiter

func newBuckets(routes []template.Route) buckets {
	full := buckets{}
	for _, r := range routes {
		if r.Throttle != (template.Throttle{}) {
			full[r.Key()] = rate.NewLimiter(rate.Limit(r.Throttle.Rate), r.Throttle.Burst)
		}
	}
	return full
}

func (b buckets) letThrough(r template.Route) bool {
	bucket, ok := b[r.Key()]
	return !ok || bucket.Allow()
}
