package database

import "sync"

// chain counts the calls of one event, and the capacity that they consume. The depth of a
// call is one more than the greatest depth of the calls that finished before it started.
// So parallel calls count as one round trip.
type chain struct {
	mu       sync.Mutex
	calls    int
	trips    int // the greatest depth
	finished int // the greatest depth of a finished call
	consumed units
}

// link is a call in progress.
type link struct {
	chain *chain
	depth int
}

func (c *chain) start() *link {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &link{chain: c, depth: c.finished + 1}
	c.calls++
	c.trips = max(c.trips, l.depth)
	return l
}

func (l *link) finish(consumed units) {
	l.chain.mu.Lock()
	defer l.chain.mu.Unlock()
	l.chain.finished = max(l.chain.finished, l.depth)
	l.chain.consumed.add(consumed)
}

func (c *chain) counts() (calls, trips int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls, c.trips
}

func (c *chain) units() (read, write float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.consumed.read, c.consumed.write
}
