package schedule

import (
	"encoding/json"
	"fmt"
	"time"

	"livechat/infra/local/runtime"
)

// DeadLetter is an event that no run of its function succeeded with.
type DeadLetter struct {
	Schedule string          `json:"schedule"`
	Function string          `json:"function"`
	Time     time.Time       `json:"time"`
	Event    json.RawMessage `json:"event"`
	Error    string          `json:"error"`
	At       time.Time       `json:"at"`
}

// mostDead is how many dead letters are kept.
const mostDead = 100

// fire runs the function until it succeeds or its retries are used up.
func (s *Scheduler) fire(o occurrence) {
	event := o.event(executionID())
	out := s.run(o.Function, event)
	for retry := 0; out.Failure != "" && retry < o.retries; retry++ {
		out = s.run(o.Function, event)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return // the cloud is ending: the function's failure is that
	}
	o.last, o.runs = o.at, o.runs+1
	if out.Failure == "" {
		return
	}
	s.o.Log(fmt.Sprintf("%s failed to the last (%s): a dead letter", o.Function, out.Failure))
	s.dead = append(s.dead, DeadLetter{
		Schedule: o.Name, Function: o.Function, Time: o.at.UTC(), Event: event,
		Error: string(out.Failure) + ": " + string(out.Payload), At: s.o.Clock.Now().UTC(),
	})
	s.dead = s.dead[max(0, len(s.dead)-mostDead):]
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
