package schedule

import (
	"slices"
	"time"
)

// maxRuns limits the runs of one schedule in one move of the clock.
const maxRuns = 600

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
// time of the first occurrence after it. It first counts the occurrences and then selects
// at most maxRuns, because a move over centuries has more occurrences than fit in memory.
func (s *schedule) occurrences(to time.Time) (batch []occurrence, next time.Time) {
	count := 0
	for next = s.next; s.due(next, to); next = s.expression.after(next) {
		count++
	}
	kept := min(count, maxRuns)
	at := s.next
	for n := 1; len(batch) < kept; n++ {
		if n == (len(batch)+1)*count/kept {
			batch = append(batch, occurrence{s, at})
		}
		at = s.expression.after(at)
	}
	return batch, next
}

func (s *schedule) due(at, to time.Time) bool { return !at.IsZero() && !at.After(to) }
