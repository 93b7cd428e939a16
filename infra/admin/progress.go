package main

import (
	"fmt"
	"time"
)

// progress prints the state of long work to stderr every few seconds.
type progress struct {
	out      *output
	began    time.Time
	reported time.Time
}

const (
	reportEvery     = 5 * time.Second
	minReportedWait = time.Second / 2
)

func newProgress(out *output) *progress {
	now := time.Now()
	return &progress{out: out, began: now, reported: now}
}

// items prints how many items have been read, and how many of them wait for another check.
func (p *progress) items(items, waiting int) {
	if time.Since(p.reported) < reportEvery {
		return
	}
	p.reported = time.Now()
	line := fmt.Sprintf("%d items after %s", items, p.reported.Sub(p.began).Round(time.Second))
	if waiting > 0 {
		line += fmt.Sprintf("; %d look wrong and will be checked again", waiting)
	}
	p.out.remark(line)
}

// waits prints a wait that takes at least minReportedWait.
func (p *progress) waits(d time.Duration) {
	if d < minReportedWait {
		return
	}
	p.reported = time.Now()
	p.out.remark(fmt.Sprintf("waiting for %s before checking suspicious items again", d.Round(time.Second)))
}
