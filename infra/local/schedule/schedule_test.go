package schedule

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"livechat/infra/local/clock"
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// cloud records invocations with the clock's time.
type cloud struct {
	clock clock.Clock
	mu    sync.Mutex
	runs  []run
	fails int // number of the next runs that fail
	// takes is the duration of each run.
	takes time.Duration
}

type run struct {
	function string
	event    string
	shown    time.Time
}

func (c *cloud) invoke(_ context.Context, function string, event []byte) runtime.Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs = append(c.runs, run{function, string(event), c.clock.Now()})
	c.clock.Advance(c.takes)
	if c.fails > 0 {
		c.fails--
		return runtime.Outcome{Failure: runtime.Crashed, Payload: []byte(`{"errorType":"x"}`)}
	}
	return runtime.Outcome{}
}

// start starts a scheduler whose clock shows 12:00:30.
func start(t *testing.T, retries int, schedules ...template.Schedule) (*cloud, *Scheduler) {
	t.Helper()
	c := &cloud{}
	c.clock.Set(time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC))
	s, err := Start(Options{
		Functions: []template.Function{{ID: "Function", Schedules: schedules, Retries: retries}},
		Clock:     &c.clock, Invoke: c.invoke, Log: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return c, s
}

func minutely(input string) template.Schedule {
	return template.Schedule{Function: "Function", Name: "Minute", Period: time.Minute, Input: input}
}

func TestMoveRunsWhatFellDueInOrder(t *testing.T) {
	hourly := template.Schedule{Function: "Hourly", Name: "Hour", Period: time.Hour, Input: `"hour"`}
	c, s := start(t, 0, minutely(`{"time":"<aws.scheduler.scheduled-time>","n":<aws.scheduler.attempt-number>}`), hourly)
	now := s.Advance(time.Hour)
	if want := time.Date(2026, 11, 23, 13, 0, 30, 0, time.UTC); now.Sub(want).Abs() > time.Second {
		t.Errorf("it is %v, want %v", now, want)
	}
	if len(c.runs) != 61 {
		t.Fatalf("%d runs, want 60 of the minute schedule and 1 of the hour schedule", len(c.runs))
	}
	for i, r := range c.runs[1:] {
		if r.shown.Before(c.runs[i].shown) {
			t.Errorf("run %d was at %v, after %v", i+1, r.shown, c.runs[i].shown)
		}
	}
	if want := `{"time":"2026-11-23T12:01:00Z","n":1}`; c.runs[0].event != want {
		t.Errorf("event %s, want %s", c.runs[0].event, want)
	}
	if at := c.runs[0].shown; at.Sub(time.Date(2026, 11, 23, 12, 1, 0, 0, time.UTC)) > 10*time.Second {
		t.Errorf("the clock showed %v", at)
	}
	if s.States()[0].Runs != 60 {
		t.Errorf("states %+v", s.States())
	}
}

func TestLongMoveIsThinnedAndEndsWithTheLast(t *testing.T) {
	c, s := start(t, 0, minutely(`{"time":"<aws.scheduler.scheduled-time>"}`))
	s.Advance(15 * 24 * time.Hour)
	if len(c.runs) != maxRuns {
		t.Fatalf("%d runs", len(c.runs))
	}
	if want := `{"time":"2026-12-08T12:00:00Z"}`; c.runs[maxRuns-1].event != want {
		t.Errorf("the last is %s, want %s", c.runs[maxRuns-1].event, want)
	}
}

func TestMoveBackFiresNothingAndTimeGoesOnFromThere(t *testing.T) {
	c, s := start(t, 0, minutely("1"))
	s.Set(time.Date(2026, 11, 20, 9, 0, 30, 0, time.UTC))
	if len(c.runs) != 0 {
		t.Fatalf("%d runs", len(c.runs))
	}
	s.Advance(2 * time.Minute)
	if len(c.runs) != 2 {
		t.Errorf("%d runs, want 2", len(c.runs))
	}
}

// TestTimeDoesNotGoBack covers runs that take longer than the clock's move.
func TestTimeDoesNotGoBack(t *testing.T) {
	c, s := start(t, 0, minutely("1"))
	c.takes = 5 * time.Minute
	before := s.Now()
	now := s.Advance(time.Minute)
	if now.Before(before.Add(c.takes)) || s.Now().Before(now) {
		t.Errorf("it was %v, a run took %v, now it is %v", before, c.takes, now)
	}
}

func TestFailureIsTriedAgainAndThenADeadLetter(t *testing.T) {
	c, s := start(t, 2, minutely(`{"id":"<aws.scheduler.execution-id>"}`))
	c.fails = 2
	s.Advance(time.Minute)
	if len(c.runs) != 3 || len(s.DeadLetters()) != 0 {
		t.Fatalf("%d runs, dead letters %v", len(c.runs), s.DeadLetters())
	}
	if c.runs[0].event != c.runs[2].event {
		t.Errorf("the attempts have different events: %s and %s", c.runs[0].event, c.runs[2].event)
	}
	c.fails = 3
	s.Advance(time.Minute)
	dead := s.DeadLetters()
	if len(dead) != 1 || dead[0].Function != "Function" || dead[0].Error == "" {
		t.Fatalf("dead letters %+v", dead)
	}
	s.DropDeadLetters()
	if len(s.DeadLetters()) != 0 {
		t.Error("the dead letters are still there")
	}
}

// TestTimeThatGoesByFires checks that schedules fire without a move of the clock.
func TestTimeThatGoesByFires(t *testing.T) {
	ran := make(chan struct{})
	var once sync.Once
	var c clock.Clock
	c.Set(time.Date(2026, 11, 23, 12, 0, 59, 900e6, time.UTC))
	s, err := Start(Options{
		Functions: []template.Function{{ID: "Function", Schedules: []template.Schedule{minutely("1")}}}, Clock: &c, Log: func(string) {},
		Invoke: func(context.Context, string, []byte) runtime.Outcome {
			once.Do(func() { close(ran) })
			return runtime.Outcome{}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	select {
	case <-ran:
	case <-time.After(10 * time.Second):
		t.Error("nothing ran")
	}
}

func TestMovesAtOnceRunEachOccurrenceOnce(t *testing.T) {
	c, s := start(t, 0, minutely(`"<aws.scheduler.scheduled-time>"`))
	var moves sync.WaitGroup
	for range 8 {
		moves.Go(func() { s.Advance(10 * time.Minute) })
	}
	moves.Wait()
	var events []string
	for _, r := range c.runs {
		events = append(events, r.event)
	}
	if len(events) != 80 || len(slices.Compact(events)) != 80 {
		t.Errorf("%d runs, %d distinct", len(c.runs), len(slices.Compact(events)))
	}
}

func TestWithoutInputTheEventIsTheSchedulersOwn(t *testing.T) {
	_, s := start(t, 0, minutely(""))
	event, found := s.Event("Function")
	var own struct{ Source, Time string }
	if err := json.Unmarshal(event, &own); err != nil || !found || own.Source != "aws.scheduler" || own.Time != "2026-11-23T12:00:30Z" {
		t.Errorf("event %s (%v)", event, err)
	}
	if _, found := s.Event("Other"); found {
		t.Error("a function without a schedule has an event")
	}
}
