package main

import (
	"runtime"
	"time"
)

// limits holds the targets of a function.
type limits struct {
	Size  float64 `json:"sizeMiB"`
	Ready float64 `json:"readyRatio"`
	First float64 `json:"firstRatio"`
	Peak  float64 `json:"peakMiB"`
}

var targets = limits{Size: 8.5, Ready: 1.6, First: 2.5, Peak: 40}

// report is the result of the benchmark.
type report struct {
	Platform  string `json:"platform"`
	Rounds    int    `json:"rounds"`
	Calls     int    `json:"calls"`
	Targets   limits `json:"targets"`
	Functions []line `json:"functions"` // hello first
}

// line holds the results of one function. Times are medians.
type line struct {
	Name       string  `json:"name"`
	Size       float64 `json:"sizeMiB"`
	Ready      float64 `json:"readyMs"`
	ReadyRatio float64 `json:"readyRatio"` // compared to hello
	First      float64 `json:"firstMs"`
	FirstRatio float64 `json:"firstRatio"` // compared to hello
	Warm       float64 `json:"warmMs"`
	// Cold is the extra time of the first answer compared to a warm answer. It is the
	// cost of a start without the database's own time.
	Cold      float64  `json:"coldMs"`
	ColdRatio float64  `json:"coldRatio"` // compared to hello
	Peak      *float64 `json:"peakMiB"`   // nil if the system does not report it
}

func newReport(subjects []*subject, rounds, calls int) report {
	r := report{Platform: runtime.GOOS + "/" + runtime.GOARCH, Rounds: rounds, Calls: calls, Targets: targets}
	for _, s := range subjects {
		r.Functions = append(r.Functions, newLine(s, subjects[0]))
	}
	return r
}

func newLine(s, hello *subject) line {
	l := line{
		Name:       s.name,
		Size:       mebibytes(s.size),
		Ready:      milliseconds(median(s.ready)),
		ReadyRatio: ratio(s.ready, hello.ready),
		First:      milliseconds(median(s.first)),
		FirstRatio: ratio(s.first, hello.first),
		Warm:       milliseconds(median(s.warm)),
	}
	l.Cold = l.First - l.Warm
	l.ColdRatio = float64(cold(s)) / float64(cold(hello))
	if s.peak > 0 {
		peak := mebibytes(s.peak)
		l.Peak = &peak
	}
	return l
}

func cold(s *subject) time.Duration { return median(s.first) - median(s.warm) }

func mebibytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
