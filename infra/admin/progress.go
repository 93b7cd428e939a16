package main

import (
	"fmt"
	"time"
)

// progress tells on stderr, every few seconds, how far long work is.
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
		line += fmt.Sprintf("; %d seem wrong and will be looked at again", waiting)
	}
	p.out.remark(line)
}

// waits tells of a wait that whoever looks on would notice.
func (p *progress) waits(d time.Duration) {
	if d < tellAtLeast {
		return
	}
	p.told = time.Now()
	p.out.remark(fmt.Sprintf("waiting for %s: what seems wrong is looked at again then", d.Round(time.Second)))
}
