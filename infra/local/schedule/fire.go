package schedule

import (
	"encoding/json"
	"fmt"
	"time"

	"livechat/infra/local/runtime"
)

// DeadLetter is an event that no run of its function succeeded with.
type DeadLetter struct {
	// Schedule is the schedule, or the rule of the event bus, that sent it.
	Schedule string          `json:"schedule"`
	Function string          `json:"function"`
	Time     time.Time       `json:"time"`
	Event    json.RawMessage `json:"event"`
	Error    string          `json:"error"`
	At       time.Time       `json:"at"`
}

// maxDead is how many dead letters are kept.
const maxDead = 100

// fire runs the function until it succeeds or its retries are used up.
func (s *Scheduler) fire(o occurrence) {
	s.deliver(o.Function, o.Name, o.retries, o.at, o.event(executionID()))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() == nil {
		o.last, o.runs = o.at, o.runs+1
	}
}

// Send has the function take an event that nobody waits for, as Lambda does: its retries,
// and a dead letter when the last one fails too, are those of a schedule's event. It does
// not wait; a move of the clock does. From names what sent the event.
func (s *Scheduler) Send(function, from string, event []byte) {
	s.sending.L.Lock()
	s.sends++
	s.sending.L.Unlock()
	go func() {
		s.deliver(function, from, s.retries[function], s.o.Clock.Now(), event)
		s.sending.L.Lock()
		defer s.sending.L.Unlock()
		s.sends--
		s.sending.Broadcast()
	}()
}

// awaitSent returns when what was sent until now has been taken.
func (s *Scheduler) awaitSent() {
	s.sending.L.Lock()
	defer s.sending.L.Unlock()
	for s.sends > 0 {
		s.sending.Wait()
	}
}

// deliver runs the function until it succeeds or its retries are used up.
func (s *Scheduler) deliver(function, from string, retries int, at time.Time, event []byte) {
	out := s.run(function, event)
	for retry := 0; out.Failure != "" && retry < retries; retry++ {
		out = s.run(function, event)
	}
	if out.Failure == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return // the cloud is ending: the function's failure is that
	}
	s.o.Log(fmt.Sprintf("%s failed to the last (%s): a dead letter", function, out.Failure))
	s.dead = append(s.dead, DeadLetter{
		Schedule: from, Function: function, Time: at.UTC(), Event: event,
		Error: string(out.Failure) + ": " + string(out.Payload), At: s.o.Clock.Now().UTC(),
	})
	s.dead = s.dead[max(0, len(s.dead)-maxDead):]
}

// run returns when the function has run, or the scheduler ends.
func (s *Scheduler) run(function string, event []byte) runtime.Outcome {
	done := make(chan runtime.Outcome, 1) // takes one, so that nobody waits to give it
	go func() { done <- s.o.Invoke(s.ctx, function, event) }()
	select {
	case out := <-done:
		return out
	case <-s.ctx.Done():
		return runtime.Outcome{Failure: runtime.NotRun}
	}
}

// DeadLetters are the latest, the oldest first.
func (s *Scheduler) DeadLetters() []DeadLetter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]DeadLetter{}, s.dead...) // a list, not null, for none
}

// DropDeadLetters forgets them.
func (s *Scheduler) DropDeadLetters() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = nil
}
