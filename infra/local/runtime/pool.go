package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// MaxInstances limits the processes of one function, because a laptop gains nothing from
// more. Further events wait for a free process.
const MaxInstances = 32

// Options configures a pool.
type Options struct {
	Function Function
	// Binary is the built function.
	Binary string
	// Line opens a database connection for a new process.
	Line func() Line
	// Log receives the processes' output and their failures.
	Log func(line string)
}

// Pool runs one function. It starts more processes when several events are handled at the
// same time, up to MaxInstances.
type Pool struct {
	o     Options
	slots chan struct{} // held while a process has an event

	mu        sync.Mutex
	binary    string
	instances []*instance
	idle      []*instance
	closed    bool
}

// NewPool returns a pool. The first event starts its first process.
func NewPool(o Options) *Pool {
	return &Pool{o: o, binary: o.Binary, slots: make(chan struct{}, MaxInstances)}
}

// Invoke passes the event to a free process and returns the outcome. ctx limits only the
// wait for a free process. Like Lambda, Invoke does not interrupt an event that was
// started.
func (p *Pool) Invoke(ctx context.Context, event []byte) Outcome {
	for range 3 {
		out, served := p.attempt(ctx, event)
		if served {
			return out
		}
	}
	what := "its processes end immediately after they start"
	p.o.Log(what)
	return Outcome{Failure: InitFailed, Payload: errorDocument("Runtime.ExitError", what)}
}

// Replace makes new events use the binary. It ends idle processes of the old binary
// immediately, and busy processes after their current event.
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

// Count returns the number of processes, and the number of events in progress.
func (p *Pool) Count() (instances, busy int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.instances), len(p.slots)
}

// Close ends all processes and waits until they have ended.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	all := slices.Clone(p.instances)
	p.mu.Unlock()
	for _, i := range all {
		i.stop()
	}
}

// attempt passes the event to one process. It returns false if the process had died while
// it was idle, which is only noticed now.
func (p *Pool) attempt(ctx context.Context, event []byte) (Outcome, bool) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return Outcome{Failure: NotRun, Payload: errorDocument("Rate.Exceeded", "no process of the function became free in time")}, true
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

// take returns the idle process that was used last, as Lambda does, or else starts a
// process.
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
