package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"livechat/infra/local/build"
	"livechat/infra/local/template"
	"livechat/shared/store/storetest"
)

// TestMeasureHello measures a real process of hello, which needs no database.
func TestMeasureHello(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b := build.Builder{Root: "../../..", Bin: t.TempDir()}
	all, err := newSubjects(ctx, b, []template.Function{{Code: "functions/room", Timeout: 10 * time.Second}}, nil, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	hello := all[:1]
	if err := measureCalls(ctx, hello, 5); err != nil {
		t.Fatal(err)
	}
	if err := measureStarts(ctx, hello, 1); err != nil {
		t.Fatal(err)
	}
	s := hello[0]
	if len(s.warm) != 4 || len(s.ready) != 1 || len(s.first) != 1 {
		t.Fatalf("%d warm calls, %d starts and %d first answers measured, want 4, 1 and 1", len(s.warm), len(s.ready), len(s.first))
	}
	if s.ready[0] <= 0 || s.first[0] <= s.ready[0] {
		t.Errorf("ready after %s, first answer after %s: wrong order", s.ready[0], s.first[0])
	}

	var out bytes.Buffer
	if err := newReport(hello, 1, 5).write(&out, true); err != nil {
		t.Fatal(err)
	}
	var got report
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Functions) != 1 || got.Functions[0].ReadyRatio != 1 || got.Functions[0].FirstRatio != 1 {
		t.Errorf("hello compared to itself: %s", &out)
	}
}

func TestTableMarksWhatMisses(t *testing.T) {
	r := report{Targets: targets, Functions: []line{
		{Name: "hello", Size: 100},
		{Name: "room", Size: 8.5, ReadyRatio: 1.61, FirstRatio: 2.5},
	}}
	var out bytes.Buffer
	if err := r.write(&out, false); err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(out.String(), "\n\n")
	if strings.Count(table, "!") != 1 || !strings.Contains(table, "1.61!") {
		t.Errorf("want only room's 1.61 to miss its target:\n%s", table)
	}
	if !strings.Contains(table, "n/a") {
		t.Errorf("an unknown peak is not shown as n/a:\n%s", table)
	}
}

// TestEveryFunctionIsMeasuredForReal runs the benchmark with a few calls. The benchmark
// fails if a call fails.
func TestEveryFunctionIsMeasuredForReal(t *testing.T) {
	r, err := run(t.Context(), flags{Rounds: 1, Calls: 3, Root: "../../..", Database: storetest.Endpoint(t)}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Functions {
		if l.ReadyRatio == 0 || l.FirstRatio == 0 || l.Size == 0 {
			t.Errorf("%+v", l)
		}
	}
}

// TestEventsAreAnIntervalApart checks the times of events, which keep rate limits from
// refusing a measured call.
func TestEventsAreAnIntervalApart(t *testing.T) {
	s := subject{
		began: time.Now(), request: always(visitor, "POST", "/message", "{}"),
		routes: []template.Route{{Function: "Message", Method: "POST", Path: "/message"}},
	}
	last := int64(0)
	for n := range 3 {
		made, err := s.nextEvent(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var event struct{ RequestContext struct{ TimeEpoch int64 } }
		if err := json.Unmarshal(made, &event); err != nil {
			t.Fatal(err)
		}
		at := event.RequestContext.TimeEpoch
		if n > 0 && at-last != eventInterval.Milliseconds() {
			t.Errorf("%d ms after the previous event", at-last)
		}
		last = at
	}
}
