package faults

import (
	"flag"
	"os"
	"testing"
	"time"
)

var load = flag.Duration("load", 0, "duration of the load; 0 for 15 seconds, or 5 with -short")

const many = 500

func TestManyFirstCallsOfAVisitorMakeOneRoom(t *testing.T) {
	answers, err := inMemory.get(t).OpenConcurrently(t.Context(), 1, many, many)
	if err != nil {
		t.Fatal(err)
	}
	for _, openings := range answers {
		rooms, news, repeated := map[string]bool{}, 0, 0
		for _, o := range openings {
			rooms[o.Room.ID] = true
			if o.NewRoom {
				news++
			}
			repeated += o.tries - 1
		}
		// A repeated call may find the room that it has created.
		if len(openings) != many || len(rooms) != 1 || news > 1 || news == 0 && repeated == 0 {
			t.Errorf("%d calls returned %d rooms, %d of them new; %d calls were repeated", len(openings), len(rooms), news, repeated)
		}
	}
}

// TestManyVisitorsAtOnceGetARoomEach opens a hundred rooms in parallel, so that a small
// machine answers each call within the gateway's limit of thirty seconds.
func TestManyVisitorsAtOnceGetARoomEach(t *testing.T) {
	answers, err := inMemory.get(t).OpenConcurrently(t.Context(), many, 1, many/5)
	if err != nil {
		t.Fatal(err)
	}
	rooms := map[string]bool{}
	for _, openings := range answers {
		if !openings[0].NewRoom && openings[0].tries == 1 {
			t.Errorf("the room %s is not new", openings[0].Room.ID)
		}
		rooms[openings[0].Room.ID] = true
	}
	if len(rooms) != many {
		t.Errorf("%d visitors got %d rooms", many, len(rooms))
	}
}

// TestSustainedLoad checks that nothing fails and no process grows. Memory use varies
// from run to run, but not by a factor of two.
func TestSustainedLoad(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("memory is measured on Linux only")
	}
	l, err := StartLaptop(t.Context(), Root)
	if err != nil {
		t.Fatal(err)
	}
	defer l.End()
	got, err := l.Load(t.Context(), 8, lasting(*load, 5*time.Second, 15*time.Second), 1, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + got.String())
	for _, v := range got.Violations {
		t.Error(v)
	}
	if got.Honest > 0 {
		t.Errorf("%d calls failed without a fault", got.Honest)
	}
	if got.Then.Cloud > 2*got.Began.Cloud || got.Then.Functions > 2*got.Began.Functions {
		t.Errorf("memory grew from %s to %s", got.Began, got.Then)
	}
}
