package schedule

import (
	"encoding/json"
	"fmt"
	"time"

	"livechat/infra/local/runtime"
)

// DeadLetter is an event that the function failed to handle in all tries.
type DeadLetter struct {
	// Schedule is the name of the schedule, or of the event bus's rule, that sent the
	// event.
	Schedule string          `json:"schedule"`
	Function string          `json:"function"`
	Time     time.Time       `json:"time"`
	Event    json.RawMessage `json:"event"`
	Error    string          `json:"error"`
	At       time.Time       `json:"at"`
}

// maxDead is the number of dead letters that are kept.
const maxDead = 100

// fire runs the function for an occurrence.
func (s *Scheduler) fire(o occurrence) {
	s.deliver(o.Function, o.Name, o.retries, o.at, o.event(executionID()))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() == nil {
		o.last, o.runs = o.at, o.runs+1
	}
}

// Send invokes the function asynchronously, with the same retries and dead letters as for
// a schedule's event. It returns immediately, but a move of the clock waits until the
// event is handled. from is the name of the sender.
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

// awaitSent waits until all sent events have been handled.
func (s *Scheduler) awaitSent() {
	s.sending.L.Lock()
	defer s.sending.L.Unlock()
	for s.sends > 0 {
		s.sending.Wait()
	}
}

// deliver runs the function until it succeeds or its retries are used up. In the latter
// case it keeps a dead letter.
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
		return // the cloud is shutting down, which caused the failure
	}
	s.o.Log(fmt.Sprintf("%s: all retries failed (%s): dead letter kept", function, out.Failure))
	s.dead = append(s.dead, DeadLetter{
		Schedule: from, Function: function, Time: at.UTC(), Event: event,
		Error: string(out.Failure) + ": " + string(out.Payload), At: s.o.Clock.Now().UTC(),
	})
	s.dead = s.dead[max(0, len(s.dead)-maxDead):]
}

// run runs the function and returns its outcome. If the scheduler is closed, it returns
// immediately.
func (s *Scheduler) run(function string, event []byte) runtime.Outcome {
	done := make(chan runtime.Outcome, 1) // buffered, so that sending never blocks
	go func() { done <- s.o.Invoke(s.ctx, function, event) }()
	select {
	case out := <-done:
		return out
	case <-s.ctx.Done():
		return runtime.Outcome{Failure: runtime.NotRun}
	}
}

// DeadLetters returns the latest dead letters, the oldest first.
func (s *Scheduler) DeadLetters() []DeadLetter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]DeadLetter{}, s.dead...) // an empty list, not null
}

// DropDeadLetters removes all dead letters.
func (s *Scheduler) DropDeadLetters() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = nil
}
