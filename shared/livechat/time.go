package livechat

import (
	"fmt"
	"math"
	"time"
)

// wireTime is the wire format of times: ISO 8601, UTC, always with milliseconds.
const wireTime = "2006-01-02T15:04:05.000Z"

// Time is a moment in milliseconds since 1970, UTC. That is the wire format's resolution,
// so stored times equal the times in responses. Zero means absent.
type Time int64

// At returns t truncated to the millisecond.
func At(t time.Time) Time { return Time(t.UnixMilli()) }

// Time returns t as a [time.Time] in UTC.
func (t Time) Time() time.Time { return time.UnixMilli(int64(t)).UTC() }

// Add returns the time d later.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// Sub returns how much later t is than u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Millisecond }

func (t Time) String() string { return t.Time().Format(wireTime) }

// MarshalText writes t as 2021-07-09T20:12:19.795Z.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads any RFC 3339 time.
func (t *Time) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return fmt.Errorf("time %q: %w", text, err)
	}
	*t = At(parsed)
	return nil
}

// seconds rounds a sum of durations to milliseconds, removing floating-point errors.
func seconds(sum float64) float64 { return math.Round(sum*1000) / 1000 }
