package main

import (
	"time"

	"livechat/shared/livechat"
)

// clock tells the time of the system that the table belongs to: this machine's time, or the
// time of the laptop cloud, whose clock can be moved.
type clock struct {
	// ahead is how far the clock is ahead of this machine's.
	ahead time.Duration
}

func (c clock) now() livechat.Time { return livechat.At(time.Now().Add(c.ahead)) }
