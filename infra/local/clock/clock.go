// Package clock is the laptop's movable clock: the time that events carry.
// Inside: an offset to the wall clock, in memory. Not inside: deadlines, which
// follow the wall clock; what falls due when the clock moves.
package clock

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Clock runs on from wherever it was set, or stands there. Its zero value is the
// wall clock.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
	// stands is where the clock stands still; zero while it runs.
	stands time.Time
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stands.IsZero() {
		return c.stands
	}
	return time.Now().Add(c.offset)
}

// Advance moves the clock by d, from where it runs on, and returns its time.
func (c *Clock) Advance(d time.Duration) time.Time { return c.Set(c.Now().Add(d)) }

// Set moves the clock to t, from where it runs on.
func (c *Clock) Set(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset, c.stands = time.Until(t), time.Time{}
	return t
}

// Stop moves the clock to t, where it stands until it is set again.
func (c *Clock) Stop(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stands = t
	return t
}

var days = regexp.MustCompile(`^(\d{1,5})d(.*)$`)

// ParseDuration reads Go's durations, with days before them: 36h, 3d, 1d12h.
func ParseDuration(s string) (time.Duration, error) {
	var d time.Duration
	rest := s
	if m := days.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits only, as the pattern says
		d, rest = time.Duration(n)*24*time.Hour, m[2]
		if rest == "" {
			return d, nil
		}
	}
	more, err := time.ParseDuration(rest)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration; use one like 90s, 36h or 3d", s)
	}
	return d + more, nil
}
