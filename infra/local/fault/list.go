package fault

import (
	"math/rand/v2"
	"sync"
	"time"
)

// List holds the faults in force. Its zero value is empty.
type List struct {
	mu  sync.Mutex
	all []*active
}

// active is a fault in force, with its counters.
type active struct {
	Fault
	draw          *rand.Rand
	calls, struck int
}

// Shown is a fault in force, with the number of calls that it could have struck and the
// number that it struck.
type Shown struct {
	Fault
	Calls  int `json:"calls"`
	Struck int `json:"struck"`
}

// Strike is what happens to one call.
type Strike struct {
	// Before and After are the added waits before the call reaches the database and after
	// it is executed.
	Before, After time.Duration
	// Kind is the fault that strikes in addition; empty for none.
	Kind Kind
	// Done says that the call is executed anyway.
	Done bool
	// Element and Word are random numbers below 1. They choose the element of a
	// transaction to blame, and one of two error codes.
	Element, Word float64
}

// Add puts a fault in force, in addition to the others.
func (l *List) Add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, &active{Fault: f, draw: rand.New(rand.NewPCG(uint64(f.Seed), 0))}) // reproducible, not secret
}

// Clear removes all faults.
func (l *List) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = nil
}

// All returns the faults in force, in the order of Add.
func (l *List) All() []Shown {
	l.mu.Lock()
	defer l.mu.Unlock()
	shown := []Shown{}
	for _, a := range l.all {
		shown = append(shown, Shown{a.Fault, a.calls, a.struck})
	}
	return shown
}

// Strike returns what happens to the function's next call of the operation. Waits add up;
// of the other kinds, the first that strikes wins.
func (l *List) Strike(function, operation string) Strike {
	l.mu.Lock()
	defer l.mu.Unlock()
	var s Strike
	for _, a := range l.all {
		if !a.concerns(function, operation) || s.Kind != "" && a.Kind != Latency {
			continue
		}
		a.strike(&s)
	}
	return s
}

// strike draws the same number of random numbers, whatever the result.
func (a *active) strike(s *Strike) {
	hit, side := a.draw.Float64() < a.Rate, a.draw.Float64()
	element, word := a.draw.Float64(), a.draw.Float64()
	a.calls++
	if !hit {
		return
	}
	a.struck++
	after := a.When == After || a.When == "" && side < 0.5
	switch {
	case a.Kind != Latency:
		s.Kind, s.Done = a.Kind, after || a.Kind == Cut
		s.Element, s.Word = element, word
	case after:
		s.After += a.wait()
	default:
		s.Before += a.wait()
	}
}
