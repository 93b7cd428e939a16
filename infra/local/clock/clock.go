// Package clock is the laptop's movable clock, the time that events carry. It is an
// offset to the wall clock, kept in memory. Deadlines follow the wall clock; package
// schedule runs what falls due when the clock moves.
package clock

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Clock runs on from the time it was set to, or is stopped there. Its zero value is the
// wall clock.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
	// stoppedAt is the time at which the clock is stopped; zero while it runs.
	stoppedAt time.Time
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stoppedAt.IsZero() {
		return c.stoppedAt
	}
	return time.Now().Add(c.offset)
}

// Advance moves the clock by d, lets it run on, and returns its time.
func (c *Clock) Advance(d time.Duration) time.Time { return c.Set(c.Now().Add(d)) }

// Set moves the clock to t and lets it run on.
func (c *Clock) Set(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset, c.stoppedAt = time.Until(t), time.Time{}
	return t
}

// Stop stops the clock at t until it is set again.
func (c *Clock) Stop(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stoppedAt = t
	return t
}

var days = regexp.MustCompile(`^(\d{1,5})d(.*)$`)

// ParseDuration parses Go durations with optional leading days: 36h, 3d, 1d12h.
func ParseDuration(s string) (time.Duration, error) {
	var d time.Duration
	rest := s
	if m := days.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // the pattern allows only digits
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
