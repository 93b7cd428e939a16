package fault

import (
	"math/rand/v2"
	"sync"
	"time"
)

// List has the faults that are in force. Its zero value is empty.
type List struct {
	mu  sync.Mutex
	all []*active
}

// active is a fault and whom it met.
type active struct {
	Fault
	draw          *rand.Rand
	calls, struck int
}

// Shown is a fault in force, with how many calls it might have struck since it is,
// and how many it did.
type Shown struct {
	Fault
	Calls  int `json:"calls"`
	Struck int `json:"struck"`
}

// Strike is what befalls one call.
type Strike struct {
	// Before and After are how long it waits, before it reaches the database and
	// when it is done.
	Before, After time.Duration
	// Kind is what befalls it beside; empty for nothing.
	Kind Kind
	// Done says that it is done all the same.
	Done bool
	// Element and Word are numbers below 1 for what else is left to chance: which
	// element of a transaction is to blame, and which of two words is used.
	Element, Word float64
}

// Add puts a fault in force, beside the others.
func (l *List) Add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, &active{Fault: f, draw: rand.New(rand.NewPCG(uint64(f.Seed), 0))}) //nolint:gosec // to be repeated, not to be secret
}

// Clear has everything work again.
func (l *List) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = nil
}

// All returns those in force, in the order in which they came.
func (l *List) All() []Shown {
	l.mu.Lock()
	defer l.mu.Unlock()
	shown := []Shown{}
	for _, a := range l.all {
		shown = append(shown, Shown{a.Fault, a.calls, a.struck})
	}
	return shown
}

// Strike says what befalls the next call of that operation by the function. Waits
// add up; of other kinds the first that strikes is the one.
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

// strike draws the same number of times whatever comes of it.
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
