package main

import (
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		sample []time.Duration
		want   time.Duration
	}{
		{nil, 0},
		{[]time.Duration{7}, 7},
		{[]time.Duration{9, 1, 5}, 5},
		{[]time.Duration{8, 2, 4, 100}, 6},
	} {
		if got := median(c.sample); got != c.want {
			t.Errorf("median of %v: %d, want %d", c.sample, got, c.want)
		}
	}
}

// TestRatioIsPaired checks that a slow round has no effect on the ratio. A slow round
// would affect the ratio of the medians.
func TestRatioIsPaired(t *testing.T) {
	hello := []time.Duration{10, 10, 50, 60, 70}
	function := []time.Duration{20, 20, 100, 120, 140}
	if got := ratio(function, hello); got != 2 {
		t.Errorf("twice as slow in every round: ratio %v, want 2", got)
	}
	if got := ratio([]time.Duration{30, 20, 10}, []time.Duration{10, 20, 30}); got != 1 {
		t.Errorf("ratios 3, 1 and 1/3: median %v, want 1", got)
	}
	if got := ratio(nil, nil); got != 0 {
		t.Errorf("no rounds: ratio %v, want 0", got)
	}
}
