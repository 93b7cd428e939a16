package main

import (
	"slices"
	"time"
)

// median returns the median, or 0 for an empty sample.
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

// ratio returns the median of the ratios of the two samples in each round. A slow round
// hardly affects the result.
func ratio(sample, base []time.Duration) float64 {
	var each []float64
	for i := range min(len(sample), len(base)) {
		each = append(each, float64(sample[i])/float64(base[i]))
	}
	return median(each)
}
