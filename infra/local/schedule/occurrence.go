package schedule

import (
	"slices"
	"time"
)

// maxRuns limits the runs of one schedule in one move of the clock.
const maxRuns = 150

// occurrence is a time at which a schedule is due.
type occurrence struct {
	*schedule
	at time.Time
}

// catchUp runs the occurrences up to and including the given time.
func (s *Scheduler) catchUp(to time.Time) {
	var due []occurrence
	for _, sched := range s.schedules {
		batch, next := sched.occurrences(to)
		due = append(due, batch...)
		s.mu.Lock()
		sched.next = next
		s.mu.Unlock()
	}
	slices.SortStableFunc(due, func(a, b occurrence) int { return a.at.Compare(b.at) })
	for _, o := range due {
		if s.ctx.Err() != nil {
			return
		}
		if o.at.After(s.o.Clock.Now()) {
			s.o.Clock.Set(o.at)
		}
		s.fire(o)
	}
}

// occurrences returns the occurrences to run up to and including the given time, and the
// time of the first occurrence after it. It selects at most maxRuns, evenly spread and
// including the last.
func (s *schedule) occurrences(to time.Time) (batch []occurrence, next time.Time) {
	if s.next.After(to) {
		return nil, s.next
	}
	count := to.Sub(s.next)/s.Period + 1
	kept := min(count, maxRuns)
	for n := range kept {
		batch = append(batch, occurrence{s, s.next.Add(((n+1)*count/kept - 1) * s.Period)})
	}
	return batch, s.after(to)
}

// after returns the first due time after t.
func (s *schedule) after(t time.Time) time.Time {
	return t.Add(-s.Offset).Truncate(s.Period).Add(s.Period + s.Offset)
}
