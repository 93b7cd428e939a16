package gateway

import (
	"golang.org/x/time/rate"

	"livechat/infra/local/template"
)

// buckets are those of the routes that have a throttle, by key: each call takes a
// token, and as many as the rate come back every second, up to the burst. They go
// by this machine's time, whatever the movable clock shows.
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
