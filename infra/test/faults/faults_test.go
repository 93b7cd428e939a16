package faults

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	duration = flag.Duration("duration", 0, "total time that clients work under faults; 0 for a minute, or 15 seconds with -short")
	only     = flag.String("only", "", "run only the trials whose names match")
	seed     = flag.Uint64("seed", 0, "seed for the clients' actions and the failing calls; 0 draws a seed")
)

// lasting returns the duration of a flag. If the flag is 0, it returns one of the others.
func lasting(flag, short, long time.Duration) time.Duration {
	switch {
	case flag > 0:
		return flag
	case testing.Short():
		return short
	default:
		return long
	}
}

// TestNothingIsLostAndNothingDoneTwice runs clients under each fault in turn.
func TestNothingIsLostAndNothingDoneTwice(t *testing.T) {
	wanted, err := regexp.Compile(*only)
	if err != nil {
		t.Fatal(err)
	}
	trials := slices.DeleteFunc(slices.Clone(Trials), func(one Trial) bool { return !wanted.MatchString(one.Name) })
	if len(trials) == 0 {
		var names []string
		for _, one := range Trials {
			names = append(names, one.Name)
		}
		t.Fatalf("no trial's name matches %q; the trials are: %s", *only, strings.Join(names, "; "))
	}
	total := lasting(*duration, 15*time.Second, time.Minute)
	o := Options{Each: total / time.Duration(len(trials)), Clients: 8, Seed: *seed, Progress: os.Stderr}
	if o.Seed == 0 {
		o.Seed = uint64(rand.Uint32())
	}
	var rows []Row
	for _, trial := range trials {
		system := &inMemory
		if trial.Database > 0 {
			system = &onDisk
		}
		row, violations, err := system.get(t).Try(t.Context(), trial, o)
		if err != nil {
			t.Errorf("%s: %v", trial.Name, err)
			break
		}
		rows = append(rows, row)
		for _, v := range violations {
			t.Errorf("%s", v)
		}
	}
	fmt.Fprint(os.Stderr, "\n", Table(rows), "\nseed ", o.Seed, "\n")
	if t.Failed() {
		t.Logf("repeat with: go test ./infra/test/faults -run %s -args -duration %s -only %q -seed %d", t.Name(), total, *only, o.Seed)
	}
}

// TestDatabaseInMemoryComesBackEmpty checks that a database in memory comes back with
// only its initial data, and that calls in between get a correct error.
func TestDatabaseInMemoryComesBackEmpty(t *testing.T) {
	s := inMemory.get(t)
	v := &visit{system: s, tally: new(tally), random: rand.New(rand.NewPCG(1, 1)), began: time.Now()} // only for a test
	who := &visitor{token: "soon-gone"}
	v.visitors = [2]*visitor{who, who}
	if err := v.register(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	if err := s.KillDatabase(t.Context()); err != nil {
		t.Fatal(err)
	}
	statuses := map[int]int{}
	for a := (answer{}); a.status != 400; {
		a = v.call(t.Context(), "GET", api+"room?token="+who.token, nil)
		statuses[a.status]++
		if time.Since(v.began) > time.Minute {
			t.Fatalf("after a minute: %s", a)
		}
	}
	t.Logf("answers by status: %v", statuses)
	if a := v.call(t.Context(), "GET", api+"room?token=8s7e9ony6ctl27e1qf8kue", nil); a.outcome != acknowledged {
		t.Errorf("the demo's room: %s", a)
	}
	for _, violation := range v.tally.violations {
		t.Error(violation)
	}
}
