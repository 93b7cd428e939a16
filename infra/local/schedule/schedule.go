// Package schedule wakes functions as EventBridge Scheduler does, on the laptop's
// movable clock. Inside: expressions, when they are due, the events, retries and
// dead letters. Not inside: the functions.
//
// When the clock is moved forward, what falls due on the way runs in the order of
// time before the move is over, one after another, while the clock shows the time
// each was due at. Of a schedule that is due more than 600 times in one move, 600
// evenly spread occurrences run, the last among them. A clock that is moved back
// fires nothing twice.
package schedule

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"livechat/infra/local/clock"
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// Options of a scheduler.
type Options struct {
	Functions []template.Function
	Clock     *clock.Clock
	Invoke    func(ctx context.Context, function string, event []byte) runtime.Outcome
	// Log is told of runs that failed to the last.
	Log func(line string)
}

// Scheduler is a running one.
type Scheduler struct {
	o         Options
	schedules []*schedule

	// moving is held while the clock moves or something due runs.
	moving sync.Mutex
	moved  chan struct{} // wakes the background after a move
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}

	mu   sync.Mutex // of what is shown
	dead []DeadLetter
}

type schedule struct {
	template.Schedule
	expression expression
	retries    int
	next       time.Time
	last       time.Time
	runs       int
}

// DeadLetter is an event that no run of its function succeeded with.
type DeadLetter struct {
	Schedule string          `json:"schedule"`
	Function string          `json:"function"`
	Time     time.Time       `json:"time"`
	Event    json.RawMessage `json:"event"`
	Error    string          `json:"error"`
	At       time.Time       `json:"at"`
}

// State is what a schedule does, for people.
type State struct {
	Function   string    `json:"function"`
	Name       string    `json:"name"`
	Expression string    `json:"expression"`
	Next       time.Time `json:"next"`
	Last       time.Time `json:"last,omitzero"`
	Runs       int       `json:"runs"`
}

// Start reads the expressions and begins to fire.
func Start(o Options) (*Scheduler, error) {
	s := &Scheduler{o: o, moved: make(chan struct{}, 1), ended: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	now := o.Clock.Now()
	for _, f := range o.Functions {
		for _, declared := range f.Schedules {
			zone, err := time.LoadLocation(declared.Timezone)
			if err != nil {
				return nil, fmt.Errorf("schedule of %s: time zone: %w", f.ID, err)
			}
			e, err := parse(declared.Expression, zone)
			if err != nil {
				return nil, fmt.Errorf("schedule of %s: %w", f.ID, err)
			}
			s.schedules = append(s.schedules, &schedule{Schedule: declared, expression: e, retries: f.Retries, next: e.after(now)})
		}
	}
	go s.run()
	return s, nil
}

// Close ends the firing and returns when the run in progress is over.
func (s *Scheduler) Close() {
	s.cancel()
	<-s.ended
}

// run fires what falls due as time goes by.
func (s *Scheduler) run() {
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
		if !sched.next.IsZero() {
			wait = min(wait, sched.next.Sub(s.o.Clock.Now()))
		}
	}
	return max(wait, 0)
}

// Now is the clock's time.
func (s *Scheduler) Now() time.Time { return s.o.Clock.Now() }

// Advance moves the clock and returns its time, once all that fell due has run.
func (s *Scheduler) Advance(d time.Duration) time.Time {
	s.moving.Lock()
	defer s.moving.Unlock()
	return s.move(s.o.Clock.Now().Add(d))
}

// Set moves the clock as Advance does.
func (s *Scheduler) Set(to time.Time) time.Time {
	s.moving.Lock()
	defer s.moving.Unlock()
	return s.move(to)
}

func (s *Scheduler) move(to time.Time) time.Time {
	forward := to.After(s.o.Clock.Now())
	if forward {
		s.catchUp(to)
	}
	s.o.Clock.Set(to)
	if !forward {
		s.forget(to)
	}
	select {
	case s.moved <- struct{}{}:
	default: // it has not looked at the last move yet
	}
	return to
}

// forget has nothing due from before to: time goes on from there.
func (s *Scheduler) forget(to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sched := range s.schedules {
		sched.next = sched.expression.after(to)
	}
}

// mostRuns is how often one schedule runs in one move.
const mostRuns = 600

type occurrence struct {
	*schedule
	at time.Time
}

// catchUp runs what is due up to and at that time.
func (s *Scheduler) catchUp(to time.Time) {
	var due []occurrence
	s.mu.Lock()
	for _, sched := range s.schedules {
		due = append(due, sched.occurrences(to)...)
	}
	s.mu.Unlock()
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

// occurrences returns the schedule's up to that time, and goes on behind them.
func (s *schedule) occurrences(to time.Time) []occurrence {
	var all []occurrence
	for !s.next.IsZero() && !s.next.After(to) {
		all = append(all, occurrence{s, s.next})
		s.next = s.expression.after(s.next)
	}
	if len(all) <= mostRuns {
		return all
	}
	some := make([]occurrence, mostRuns)
	for i := range some {
		some[i] = all[(i+1)*len(all)/mostRuns-1]
	}
	return some
}

func (s *Scheduler) fire(o occurrence) {
	id := executionID()
	var out runtime.Outcome
	var event []byte
	for attempt := range 1 + o.retries {
		event = o.event(id, attempt+1)
		if out = s.o.Invoke(s.ctx, o.Function, event); out.Failure == "" {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.last, o.runs = o.at, o.runs+1
	if out.Failure == "" || s.ctx.Err() != nil {
		return
	}
	s.o.Log(fmt.Sprintf("%s failed to the last (%s): a dead letter", o.Function, out.Failure))
	s.dead = append(s.dead, DeadLetter{
		Schedule: o.Name, Function: o.Function, Time: o.at.UTC(), Event: event,
		Error: string(out.Failure) + ": " + string(out.Payload), At: s.o.Clock.Now().UTC(),
	})
	s.dead = s.dead[max(0, len(s.dead)-mostDead):]
}

// mostDead is how many dead letters are kept.
const mostDead = 100

// Event returns the event with which the function's schedule would wake it now;
// false for a function without one.
func (s *Scheduler) Event(function string) ([]byte, bool) {
	for _, sched := range s.schedules {
		if sched.Function == function {
			return occurrence{sched, s.o.Clock.Now()}.event(executionID(), 1), true
		}
	}
	return nil, false
}

// event is the schedule's input with what the scheduler knows put in, or the
// scheduler's own.
func (o occurrence) event(id string, attempt int) []byte {
	arn := "arn:aws:scheduler:" + template.Region + ":" + template.Account + ":schedule/default/" + o.Function + o.Name
	at := o.at.UTC().Format("2006-01-02T15:04:05Z")
	if o.Input == "" {
		return fmt.Appendf(nil, `{"version":"0","id":%q,"detail-type":"Scheduled Event","source":"aws.scheduler",`+
			`"account":%q,"time":%q,"region":%q,"resources":[%q],"detail":"{}"}`, id, template.Account, at, template.Region, arn)
	}
	return []byte(strings.NewReplacer(
		"<aws.scheduler.schedule-arn>", arn,
		"<aws.scheduler.scheduled-time>", at,
		"<aws.scheduler.execution-id>", id,
		"<aws.scheduler.attempt-number>", strconv.Itoa(attempt),
	).Replace(o.Input))
}

func executionID() string { return strings.ToLower(rand.Text()) }

// States are those of all schedules.
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

// DeadLetters are the latest, the oldest first.
func (s *Scheduler) DeadLetters() []DeadLetter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]DeadLetter{}, s.dead...)
}

// DropDeadLetters forgets them.
func (s *Scheduler) DropDeadLetters() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = nil
}
