package main

import (
	"fmt"
	"time"
)

// progress prints the state of long work to stderr every few seconds.
type progress struct {
	out   *output
	began time.Time
	told  time.Time
}

const (
	tellEvery   = 5 * time.Second
	tellAtLeast = time.Second / 2
)

func newProgress(out *output) *progress {
	now := time.Now()
	return &progress{out: out, began: now, told: now}
}

func (p *progress) items(items, waiting int) {
	if time.Since(p.told) < tellEvery {
		return
	}
	p.told = time.Now()
	line := fmt.Sprintf("%d items after %s", items, p.told.Sub(p.began).Round(time.Second))
	if waiting > 0 {
		line += fmt.Sprintf("; %d look wrong and will be checked again", waiting)
	}
	p.out.remark(line)
}

// waits prints a wait that takes at least tellAtLeast.
func (p *progress) waits(d time.Duration) {
	if d < tellAtLeast {
		return
	}
	p.told = time.Now()
	p.out.remark(fmt.Sprintf("waiting for %s before checking suspicious items again", d.Round(time.Second)))
}
