package main

import (
	"strings"
	"testing"
	"time"

	"livechat/shared/livechat"
)

// TestVerifySaysWhatIsWrong checks that verify reports a problem, repairs it, and sets
// the exit code.
func TestVerifySaysWhatIsWrong(t *testing.T) {
	o := newOperator(t)
	const token = "a-token-nobody-may-see"
	o.register(token)
	if out := o.do("verify", "--settle", "0s"); out != "2 items; 0 problems, 0 repaired, 0 left\n" {
		t.Errorf("consistent table: %q", out)
	}
	if err := o.store.PutRoom(t.Context(), livechat.Room{
		ID: "room", Open: true, Name: "Mary", Visitor: livechat.RoomVisitor{ID: "mary", Username: "mary", Token: "another-" + token},
	}); err != nil {
		t.Fatal(err)
	}
	a := typeIn(t, "verify", "--settle", "1s")
	if !strings.HasPrefix(a.stderr, "waiting for 1s") {
		t.Errorf("it waits without saying so: %+v", a)
	}
	if a.code != exitFailed || !strings.Contains(a.stdout, "room-without-visitor") || !strings.Contains(a.stdout, "--repair would") {
		t.Errorf("%+v", a)
	}
	if strings.Contains(a.stdout+a.stderr, token) || strings.Contains(a.stdout+a.stderr, "Mary") {
		t.Errorf("it shows the visitor's data: %+v", a)
	}
	if out := o.do("verify", "--settle", "0s", "--repair", "--json"); strings.Count(out, "\n") != 2 || !strings.Contains(out, `"repaired":1`) {
		t.Errorf("%s", out)
	}
	o.do("verify", "--settle", "0s")
	o.refuse(exitUsage, []string{"--erase-orphans"}, "verify", "--erase-orphans")
	o.refuse(exitUsage, []string{"--read-units"}, "verify", "--read-units", "0")
}

// TestVerifyTakesItsShareAndNoMore checks that --read-units limits the reads.
func TestVerifyTakesItsShareAndNoMore(t *testing.T) {
	o := newOperator(t)
	for range 30 {
		o.register(livechat.NewID())
	}
	// The scan reads one page. Each visitor takes two reads of half a unit.
	slow, fast := o.timed("verify", "--read-units", "10"), o.timed("verify", "--read-units", "10000")
	if slow.Seconds() < 1 || slow < fast {
		t.Errorf("slow took %s, fast %s", slow, fast)
	}
}

func (o operator) register(token string) livechat.Visitor {
	o.Helper()
	v, err := o.store.RegisterVisitor(o.Context(), token, func(livechat.Visitor, bool) (livechat.Visitor, error) {
		return livechat.NewVisitor(livechat.NewID(), token, 1), nil
	})
	if err != nil {
		o.Fatal(err)
	}
	return v
}

// timed returns how long a command takes. The command must succeed.
func (o operator) timed(args ...string) time.Duration {
	o.Helper()
	began := time.Now()
	o.do(args...)
	return time.Since(began)
}
