// Package schedule invokes functions as EventBridge Scheduler does, but by the laptop's
// movable clock. It implements due times, events, retries and dead letters.
//
// When the clock is moved forward, all due schedules run before the move ends. They run
// one after another in order of time, and during each run the clock shows the due time.
// If a schedule is due more than 150 times in one move, only 150 evenly spread
// occurrences run, including the last.
//
// Moving the clock back runs nothing. Time continues from the new time, so occurrences
// after it run again.
package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"livechat/infra/local/clock"
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// Options configures a scheduler.
type Options struct {
	Functions []template.Function
	Clock     *clock.Clock
	Invoke    func(ctx context.Context, function string, event []byte) runtime.Outcome
	// Log receives a line for each run whose retries all failed.
	Log func(line string)
}

// Scheduler is a running scheduler.
type Scheduler struct {
	o         Options
	schedules []*schedule

	// moving is held while the clock is moved and while due schedules run.
	moving sync.Mutex
	moved  chan struct{} // wakes up watch after a move
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}

	mu   sync.Mutex // guards the schedules' state and dead
	dead []DeadLetter

	retries map[string]int // by function
	sending *sync.Cond     // guards sends
	sends   int            // number of sent events that are not handled yet
}

type schedule struct {
	template.Schedule
	retries int
	next    time.Time
	last    time.Time
	runs    int
}

// State describes a schedule's state for the console.
type State struct {
	Function   string    `json:"function"`
	Name       string    `json:"name"`
	Expression string    `json:"expression"`
	Next       time.Time `json:"next"`
	Last       time.Time `json:"last,omitzero"` // zero means not yet
	Runs       int       `json:"runs"`
}

// Start starts a scheduler. It returns an error if a schedule's input is not JSON.
func Start(o Options) (*Scheduler, error) {
	s := &Scheduler{
		o: o, moved: make(chan struct{}, 1), ended: make(chan struct{}),
		retries: map[string]int{}, sending: sync.NewCond(new(sync.Mutex)),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	now := o.Clock.Now()
	for _, f := range o.Functions {
		s.retries[f.ID] = f.Retries
		for _, declared := range f.Schedules {
			sched := &schedule{Schedule: declared, retries: f.Retries}
			sched.next = sched.after(now)
			if !json.Valid(occurrence{sched, now}.event(executionID())) {
				return nil, fmt.Errorf("schedule of %s: its Input is not JSON: %s", f.ID, declared.Input)
			}
			s.schedules = append(s.schedules, sched)
		}
	}
	go s.watch()
	return s, nil
}

// Close stops the scheduler. It does not wait for a run in progress, which may take
// minutes while a user who pressed Ctrl-C waits. Closing the function's pool ends the
// run.
func (s *Scheduler) Close() {
	s.cancel()
	<-s.ended
	s.moving.Lock() // wait until a move in progress has noticed
	defer s.moving.Unlock()
}

// watch runs due schedules as time passes.
func (s *Scheduler) watch() {
	defer close(s.ended)
	for {
		wait := time.NewTimer(s.untilNext())
		select {
		case <-s.ctx.Done():
			wait.Stop()
			return
		case <-s.moved:
		case <-wait.C:
			s.moving.Lock()
			s.catchUp(s.o.Clock.Now())
			s.moving.Unlock()
		}
		wait.Stop()
	}
}

func (s *Scheduler) untilNext() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := time.Hour
	for _, sched := range s.schedules {
		wait = min(wait, sched.next.Sub(s.o.Clock.Now()))
	}
	return max(wait, 0)
}

// Now returns the clock's time.
func (s *Scheduler) Now() time.Time { return s.o.Clock.Now() }

// Advance moves the clock by d, runs all schedules that fall due, and returns the new
// time.
func (s *Scheduler) Advance(d time.Duration) time.Time {
	s.moving.Lock()
	defer s.moving.Unlock()
	return s.move(s.o.Clock.Now().Add(d))
}

// Set moves the clock to the given time, like Advance.
func (s *Scheduler) Set(to time.Time) time.Time {
	s.moving.Lock()
	defer s.moving.Unlock()
	return s.move(to)
}

// Stop moves the clock like Set and then stops the clock.
func (s *Scheduler) Stop(to time.Time) time.Time {
	s.moving.Lock()
	defer s.moving.Unlock()
	s.move(to)
	return s.o.Clock.Stop(to)
}

func (s *Scheduler) move(to time.Time) time.Time {
	if to.After(s.o.Clock.Now()) {
		s.catchUp(to)
		s.awaitSent()
		// If the runs took longer than the move, the clock is already past to.
		if now := s.o.Clock.Now(); now.After(to) {
			to = now
		} else {
			s.o.Clock.Set(to)
		}
	} else {
		s.o.Clock.Set(to)
		s.forget(to)
	}
	select {
	case s.moved <- struct{}{}:
	default: // watch has not yet handled the signal of an earlier move
	}
	return to
}

// forget recomputes the schedules' next due times from the given time on.
func (s *Scheduler) forget(to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sched := range s.schedules {
		sched.next = sched.after(to)
	}
}

// States returns the state of all schedules.
func (s *Scheduler) States() []State {
	s.mu.Lock()
	defer s.mu.Unlock()
	states := []State{}
	for _, sched := range s.schedules {
		states = append(states, State{
			Function: sched.Function, Name: sched.Name, Expression: sched.Expression,
			Next: sched.next.UTC(), Last: sched.last.UTC(), Runs: sched.runs,
		})
	}
	return states
}
