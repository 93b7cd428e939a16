package main

import (
	"slices"
	"time"
)

// median returns 0 for an empty sample.
func median[T ~int64 | ~float64](sample []T) T {
	n := len(sample)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(sample))
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// ratio compares two samples round by round and returns the median. A slow round does not
// affect it.
func ratio(sample, base []time.Duration) float64 {
	var each []float64
	for i := range min(len(sample), len(base)) {
		each = append(each, float64(sample[i])/float64(base[i]))
	}
	return median(each)
}
