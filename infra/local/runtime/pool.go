package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// MaxInstances of one function. Further events wait for a free process: a
// laptop gains nothing from more.
const MaxInstances = 32

// Options of a pool.
type Options struct {
	Function Function
	// Binary is the built function.
	Binary string
	// Line opens a way to the database for a new process.
	Line func() Line
	// Log gets what the processes print, and what befalls them.
	Log func(line string)
}

// Pool runs one function in as many processes as its events need.
type Pool struct {
	o     Options
	slots chan struct{} // held while an event is with a process

	mu        sync.Mutex
	binary    string
	instances []*instance
	idle      []*instance
	closed    bool
}

// NewPool starts no process yet: the first event does.
func NewPool(o Options) *Pool {
	return &Pool{o: o, binary: o.Binary, slots: make(chan struct{}, MaxInstances)}
}

// Invoke gives event to a free process and returns what became of it. ctx ends
// the wait for a free process, not the work: Lambda too finishes what it began.
func (p *Pool) Invoke(ctx context.Context, event []byte) Outcome {
	for range 3 {
		out, served := p.attempt(ctx, event)
		if served {
			return out
		}
	}
	what := "its processes end as soon as they have started"
	p.o.Log(what)
	return Outcome{Failure: InitFailed, Payload: errorDocument("Runtime.ExitError", what)}
}

// Replace has new events served by binary. Idle processes of the old one end
// now, busy ones after their event.
func (p *Pool) Replace(binary string) {
	p.mu.Lock()
	p.binary = binary
	stale := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, i := range stale {
		p.discard(i)
	}
}

// Count returns how many processes there are, and how many have an event.
func (p *Pool) Count() (instances, busy int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.instances), len(p.slots)
}

// Close ends every process and returns when they have ended.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	all := slices.Clone(p.instances)
	p.mu.Unlock()
	for _, i := range all {
		i.stop()
	}
}

// attempt is served by one process, or not: one that died while idle is noticed
// only when an event is offered.
func (p *Pool) attempt(ctx context.Context, event []byte) (Outcome, bool) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return Outcome{Failure: NotRun, Payload: errorDocument("Rate.Exceeded", "no process of the function came free in time")}, true
	}
	i, err := p.take()
	if err != nil {
		p.o.Log(err.Error())
		return Outcome{Failure: InitFailed, Payload: errorDocument("Runtime.InvalidEntrypoint", err.Error())}, true
	}
	out, served := i.serve(event)
	p.giveBack(i)
	return out, served
}

// take prefers the process that was used last, as Lambda does.
func (p *Pool) take() (*instance, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errors.New("the cloud is shutting down")
	}
	if n := len(p.idle); n > 0 {
		i := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return i, nil
	}
	i, err := startInstance(p.o, p.binary)
	if err != nil {
		return nil, fmt.Errorf("start a process: %w", err)
	}
	p.instances = append(p.instances, i)
	return i, nil
}

func (p *Pool) giveBack(i *instance) {
	p.mu.Lock()
	keep := !p.closed && i.binary == p.binary && !i.ended()
	if keep {
		p.idle = append(p.idle, i)
	}
	p.mu.Unlock()
	if !keep {
		p.discard(i)
	}
}

func (p *Pool) discard(i *instance) {
	i.stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.instances = slices.DeleteFunc(p.instances, func(o *instance) bool { return o == i })
}
