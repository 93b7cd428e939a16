package runtime

import (
	"crypto/rand"
	"fmt"
	"time"
)

// invocation is one event passed to a process.
type invocation struct {
	id      string
	trace   string
	event   []byte
	timeout time.Duration
	done    chan Outcome // buffered, so that sending never blocks
}

func newInvocation(event []byte, timeout time.Duration) *invocation {
	return &invocation{
		id:      uuid(),
		trace:   traceID(time.Now()),
		event:   event,
		timeout: timeout,
		done:    make(chan Outcome, 1),
	}
}

// uuid returns a random UUID, version 4.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// traceID returns an id in X-Ray's format, marked as not sampled.
func traceID(now time.Time) string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // as above
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", now.Unix(), b[:12], b[12:])
}
