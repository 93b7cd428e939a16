package fault

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var functions = []string{"RoomFunction"}

func read(t *testing.T, text string) Fault {
	t.Helper()
	f, err := Read(strings.NewReader(text), functions)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}

func TestRead(t *testing.T) {
	for text, want := range map[string]Fault{
		`{"kind":"latency","seed":1}`:                        {Kind: Latency, Rate: 1, Millis: 200, Seed: 1},
		`{"kind":"latency","ms":5,"rate":0.25,"seed":1}`:     {Kind: Latency, Rate: 0.25, Millis: 5, Seed: 1},
		`{"kind":"reset","when":"after","seed":0}`:           {Kind: Reset, Rate: 1, When: After},
		`{"kind":"conflict","operation":"PutItem","seed":7}`: {Kind: Conflict, Rate: 1, Operation: "PutItem", Seed: 7},
		`{"kind":"kill","function":"RoomFunction","seed":7}`: {Kind: Kill, Rate: 1, Function: "RoomFunction", Seed: 7},
	} {
		if d := cmp.Diff(want, read(t, text)); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

func TestWithoutSeedOneIsDrawn(t *testing.T) {
	if a, b := read(t, `{"kind":"reset"}`), read(t, `{"kind":"reset"}`); a.Seed == b.Seed {
		t.Errorf("both have the seed %d", a.Seed)
	}
}

func TestRefused(t *testing.T) {
	for text, why := range map[string]string{
		``:                                          `send a fault like {"kind":"latency"`,
		`[]`:                                        `send a fault like`,
		`{"kind":"reset"} {"kind":"reset"}`:         `send one fault at a time`,
		`{"kind":"reset","rates":1}`:                `unknown field "rates"`,
		`{}`:                                        `there is no kind ""; use one of latency, reset, cut, throttle, error, conflict, kill`,
		`{"kind":"slow"}`:                           `there is no kind "slow"`,
		`{"kind":"reset","rate":0}`:                 `above 0 and at most 1, not 0`,
		`{"kind":"reset","rate":1.1}`:               `above 0 and at most 1, not 1.1`,
		`{"kind":"reset","rate":-1}`:                `above 0 and at most 1, not -1`,
		`{"kind":"reset","ms":5}`:                   `only the kind latency has ms, not reset`,
		`{"kind":"latency","ms":0}`:                 `1 to 60000, not 0`,
		`{"kind":"latency","ms":60001}`:             `1 to 60000, not 60001`,
		`{"kind":"reset","when":"during"}`:          `when must be "before" or "after", not "during"`,
		`{"kind":"cut","when":"after"}`:             `only the kinds latency, reset, error, kill have when, not cut`,
		`{"kind":"reset","operation":"Put"}`:        `there is no operation "Put"; use one of GetItem,`,
		`{"kind":"conflict","operation":"Query"}`:   `Query never conflicts; these can: PutItem,`,
		`{"kind":"reset","function":"RomFunction"}`: `there is no function RomFunction; use one of RoomFunction`,
		`{"kind":"reset","seed":-1}`:                `cannot unmarshal number -1`,
	} {
		if _, err := Read(strings.NewReader(text), functions); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", text, err, why)
		}
	}
}

// strikes returns the strikes on a hundred calls.
func strikes(faults ...Fault) []Strike {
	var l List
	for _, f := range faults {
		l.Add(f)
	}
	var all []Strike
	for range 100 {
		all = append(all, l.Strike("RoomFunction", "PutItem"))
	}
	return all
}

func TestSeedDecides(t *testing.T) {
	f := Fault{Kind: Reset, Rate: 0.3, Seed: 4}
	first := strikes(f)
	if d := cmp.Diff(first, strikes(f)); d != "" {
		t.Errorf("the same seed strikes other calls: %s", d)
	}
	f.Seed++
	if cmp.Equal(first, strikes(f)) {
		t.Error("another seed strikes the same calls")
	}
	hit, done := 0, 0
	for _, s := range first {
		if s.Kind != "" {
			hit++
		}
		if s.Done {
			done++
		}
	}
	if hit < 15 || hit > 45 || done == 0 || done == hit {
		t.Errorf("%d of 100 calls struck, %d of them after execution", hit, done)
	}
}

func TestWhomAFaultConcerns(t *testing.T) {
	var l List
	l.Add(Fault{Kind: Throttle, Rate: 1, Operation: "Query", Function: "RoomFunction"})
	for call, want := range map[[2]string]Kind{
		{"RoomFunction", "Query"}: Throttle, {"RoomFunction", "GetItem"}: "", {"OtherFunction", "Query"}: "",
	} {
		if got := l.Strike(call[0], call[1]).Kind; got != want {
			t.Errorf("%v: %q, want %q", call, got, want)
		}
	}
	if got := l.All()[0]; got.Calls != 1 || got.Struck != 1 {
		t.Errorf("counted %+v", got)
	}
	l.Clear()
	if got := l.Strike("RoomFunction", "Query"); got != (Strike{}) || len(l.All()) != 0 {
		t.Errorf("after Clear, a call is struck with %+v", got)
	}
}

func TestReadsMeetNoConflict(t *testing.T) {
	var l List
	l.Add(Fault{Kind: Conflict, Rate: 1})
	for _, operation := range operations {
		got := l.Strike("RoomFunction", operation).Kind == Conflict
		want := operation == "PutItem" || operation == "UpdateItem" || operation == "DeleteItem" || strings.HasPrefix(operation, "Transact")
		if got != want {
			t.Errorf("%s: %v", operation, got)
		}
	}
}

func TestWaitsAddUpAndTheFirstOtherKindWins(t *testing.T) {
	got := strikes(
		Fault{Kind: Latency, Rate: 1, Millis: 5, When: Before}, Fault{Kind: Error, Rate: 1, When: Before}, Fault{Kind: Reset, Rate: 1},
		Fault{Kind: Latency, Rate: 1, Millis: 7, When: Before}, Fault{Kind: Latency, Rate: 1, Millis: 9, When: After},
	)[0]
	got.Element, got.Word = 0, 0
	if want := (Strike{Before: 12e6, After: 9e6, Kind: Error}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
