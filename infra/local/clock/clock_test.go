package clock

import (
	"testing"
	"time"
)

func TestMoves(t *testing.T) {
	var c Clock
	began := time.Now()
	if got := c.Advance(72 * time.Hour).Sub(began).Round(time.Minute); got != 72*time.Hour {
		t.Errorf("advanced by %s", got)
	}
	to := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	c.Set(to)
	if got := c.Now().Sub(to).Round(time.Minute); got != 0 {
		t.Errorf("set %s off", got)
	}
	if c.Now().Before(to) {
		t.Error("the clock is stopped or runs backwards")
	}
	c.Stop(to)
	if got := c.Now(); !got.Equal(to) {
		t.Errorf("stopped %s off", got.Sub(to))
	}
	if c.Advance(time.Hour); !c.Now().After(to.Add(time.Hour)) {
		t.Error("the clock is stopped after a move")
	}
}

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"36h": 36 * time.Hour, "3d": 72 * time.Hour, "1d12h": 36 * time.Hour, "90s": 90 * time.Second, "-1h": -time.Hour,
	} {
		if got, err := ParseDuration(s); err != nil || got != want {
			t.Errorf("%s: %s, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "soon", "3", "d", "3d4", "999999d"} {
		if got, err := ParseDuration(s); err == nil {
			t.Errorf("%q is parsed as %s", s, got)
		}
	}
}
