package schedule

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/clock"
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

func TestDeadLetterTellsWhatFailed(t *testing.T) {
	c, s := start(t, 1, minutely(`{"time":"<aws.scheduler.scheduled-time>"}`))
	c.fails = 2
	s.Advance(time.Minute)
	dead := s.DeadLetters()
	if len(dead) != 1 {
		t.Fatalf("dead letters %+v", dead)
	}
	due := time.Date(2026, 11, 23, 12, 1, 0, 0, time.UTC)
	if late := dead[0].At.Sub(due); late < 0 || late > time.Minute {
		t.Errorf("the dead letter's time is %v", dead[0].At)
	}
	dead[0].At = time.Time{}
	want := []DeadLetter{{
		Schedule: "Minute", Function: "Function", Time: due,
		Event: []byte(`{"time":"2026-11-23T12:01:00Z"}`), Error: `crashed: {"errorType":"x"}`,
	}}
	if d := cmp.Diff(want, dead); d != "" {
		t.Error(d)
	}
	if state := s.States()[0]; state.Runs != 1 || !state.Last.Equal(due) || !state.Next.Equal(due.Add(time.Minute)) {
		t.Errorf("state %+v", state)
	}
}

func TestLatestDeadLettersAreKept(t *testing.T) {
	c, s := start(t, 0, minutely(`"<aws.scheduler.scheduled-time>"`))
	c.fails = maxDead + 1
	s.Advance((maxDead + 1) * time.Minute)
	dead := s.DeadLetters()
	if len(dead) != maxDead || string(dead[0].Event) != `"2026-11-23T12:02:00Z"` {
		t.Errorf("%d dead letters from %s", len(dead), dead[0].Event)
	}
}

func TestRetryIsTheSameEvent(t *testing.T) {
	c, s := start(t, 2, minutely(`["<aws.scheduler.execution-id>","<aws.scheduler.schedule-arn>",<aws.scheduler.attempt-number>]`))
	c.fails = 2
	s.Advance(time.Minute)
	for _, r := range c.runs {
		if r.event != c.runs[0].event || !strings.HasSuffix(r.event, `"arn:aws:scheduler:us-east-1:123456789012:schedule/default/FunctionMinute",1]`) {
			t.Errorf("event %s after %s", r.event, c.runs[0].event)
		}
	}
}

// TestWhatIsSentIsTriedAgainAndThenDead checks that sent events are retried like the
// events of schedules. A move of the clock must wait for the retries.
func TestWhatIsSentIsTriedAgainAndThenDead(t *testing.T) {
	c, s := start(t, 2)
	s.Send("Function", "Report", []byte(`{"a":1}`))
	s.Advance(time.Second)
	if len(c.runs) != 1 || c.runs[0].event != `{"a":1}` || len(s.DeadLetters()) != 0 {
		t.Errorf("runs %+v", c.runs)
	}
	c.fails = 3
	s.Send("Function", "Report", []byte(`{"a":2}`))
	s.Advance(time.Second)
	dead := s.DeadLetters()
	if len(c.runs) != 4 || len(dead) != 1 || dead[0].Schedule != "Report" || dead[0].Function != "Function" || string(dead[0].Event) != `{"a":2}` {
		t.Errorf("%d runs, dead letters %+v", len(c.runs), dead)
	}
}

func TestSchedulesOfAMoveAreInterleaved(t *testing.T) {
	every := func(period time.Duration, name string) template.Schedule {
		return template.Schedule{Function: name, Name: name, Period: period, Input: `"<aws.scheduler.scheduled-time>"`}
	}
	c, s := start(t, 0, every(3*time.Minute, "Three"), every(2*time.Minute, "Two"))
	s.Advance(6 * time.Minute)
	var got []string
	for _, r := range c.runs {
		got = append(got, fmt.Sprintf("%s %s", r.function, r.event[15:20]))
		if due := r.event[1:20]; r.shown.UTC().Format("2006-01-02T15:04:05") < due {
			t.Errorf("the run due at %s was at %s", due, r.shown)
		}
	}
	want := []string{"Two 02:00", "Three 03:00", "Two 04:00", "Three 06:00", "Two 06:00"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestMoveOverYearsIsThinned moves the clock by five years, in which a schedule is due
// 2.5 million times.
func TestMoveOverYearsIsThinned(t *testing.T) {
	c, s := start(t, 0, minutely(`"<aws.scheduler.scheduled-time>"`))
	s.Set(time.Date(2031, 11, 23, 12, 0, 30, 0, time.UTC))
	if len(c.runs) != maxRuns {
		t.Fatalf("%d runs", len(c.runs))
	}
	if want := `"2031-11-23T12:00:00Z"`; c.runs[maxRuns-1].event != want {
		t.Errorf("the last is %s, want %s", c.runs[maxRuns-1].event, want)
	}
	if want := `"2031-11-23T12:01:00Z"`; `"`+s.States()[0].Next.Format("2006-01-02T15:04:05Z")+`"` != want {
		t.Errorf("next is %s, want %s", s.States()[0].Next, want)
	}
}

func TestInputThatIsNotJSONIsRefused(t *testing.T) {
	_, err := Start(Options{
		Functions: []template.Function{{ID: "Function", Schedules: []template.Schedule{minutely("{a}")}}}, Clock: new(clock.Clock),
	})
	if want := "schedule of Function: its Input is not JSON: {a}"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

// TestCloseLeavesARunToItsPool checks that Close does not wait for a function, which may
// run for minutes.
func TestCloseLeavesARunToItsPool(t *testing.T) {
	var c clock.Clock
	runs, over := make(chan struct{}, 10), make(chan struct{})
	defer close(over)
	s, err := Start(Options{
		Functions: []template.Function{{ID: "Function", Retries: 2, Schedules: []template.Schedule{minutely("1")}}}, Clock: &c,
		Invoke: func(context.Context, string, []byte) runtime.Outcome {
			runs <- struct{}{}
			<-over
			return runtime.Outcome{}
		},
		Log: func(line string) { t.Error(line) },
	})
	if err != nil {
		t.Fatal(err)
	}
	moved := make(chan struct{})
	go func() { s.Advance(time.Minute); close(moved) }()
	<-runs
	s.Close()
	<-moved
	if dead := s.DeadLetters(); len(dead) != 0 {
		t.Errorf("dead letters %+v", dead)
	}
}
