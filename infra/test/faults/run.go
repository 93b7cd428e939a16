package faults

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"livechat/shared/store/table"
)

// Trial is a set of faults under which clients work.
type Trial struct {
	Name   string
	Faults []string
	// Kills means that processes may be killed.
	Kills bool
	// Database is the interval at which the database is killed. 0 means never.
	Database time.Duration
}

// Trials lists all trials: each fault alone, then many together. At these rates the SDK's
// own retries help in most cases, but not in all.
var Trials = []Trial{
	{Name: "none"},
	{Name: "latency of 150 ms", Faults: []string{`{"kind":"latency","ms":150,"rate":0.5}`}},
	{Name: "latency of 3 s, more than an attempt waits", Faults: []string{`{"kind":"latency","ms":3000,"rate":0.15}`}},
	{Name: "reset before the call", Faults: []string{`{"kind":"reset","when":"before","rate":0.3}`}},
	{Name: "reset after the call", Faults: []string{`{"kind":"reset","when":"after","rate":0.3}`}},
	{Name: "answers cut off", Faults: []string{`{"kind":"cut","rate":0.3}`}},
	{Name: "throttles", Faults: []string{`{"kind":"throttle","rate":0.4}`}},
	{Name: "errors before the call", Faults: []string{`{"kind":"error","when":"before","rate":0.3}`}},
	{Name: "errors after the call", Faults: []string{`{"kind":"error","when":"after","rate":0.3}`}},
	{Name: "conflicts", Faults: []string{`{"kind":"conflict","rate":0.5}`}},
	{Name: "answers lost, then conflicts", Faults: []string{`{"kind":"reset","when":"after","rate":0.3}`, `{"kind":"conflict","rate":0.3}`}},
	{Name: "processes killed", Faults: []string{`{"kind":"kill","rate":0.05}`}, Kills: true},
	{Name: "database killed", Database: 3 * time.Second},
	{Name: "all of them", Kills: true, Faults: []string{
		`{"kind":"latency","ms":100,"rate":0.2}`, `{"kind":"reset","rate":0.1}`, `{"kind":"cut","rate":0.05}`,
		`{"kind":"throttle","rate":0.1}`, `{"kind":"error","rate":0.1}`, `{"kind":"conflict","rate":0.2}`, `{"kind":"kill","rate":0.01}`,
	}},
}

// Options configures a run.
type Options struct {
	// Each is how long the clients work under each trial's faults.
	Each time.Duration
	// Clients is the number of concurrent clients.
	Clients int
	// Seed determines the clients' actions and the calls that the faults affect.
	Seed uint64
	// Progress receives a line for each fault.
	Progress io.Writer
}

// Try runs clients against the system under the trial's faults, and returns the result.
func (s *System) Try(ctx context.Context, trial Trial, o Options) (Row, []Violation, error) {
	began := time.Now()
	t := &tally{row: Row{Fault: trial.Name}}
	visits, err := s.runUnderFaults(ctx, trial, o, t)
	if err == nil {
		err = s.checkResults(ctx, visits, t)
	}
	if err != nil {
		return t.row, t.violations, err
	}
	_, err = fmt.Fprintf(o.Progress, "%-45s %5d calls by %d visits, %d honestly refused, %d violations (%.0f s)\n",
		trial.Name, t.row.Tried, len(visits), t.row.Honest, len(t.violations), time.Since(began).Seconds())
	return t.row, t.violations, err
}

// nameHash returns a hash of a trial's name. With it, a trial's seed does not depend on the
// other trials.
func nameHash(name string) uint64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(name)) // never fails
	return sum.Sum64()
}

// runUnderFaults runs the clients while the trial's faults are in force.
func (s *System) runUnderFaults(ctx context.Context, trial Trial, o Options, t *tally) ([]*visit, error) {
	seed := o.Seed ^ nameHash(trial.Name)
	for _, fault := range trial.Faults {
		seeded := fmt.Sprintf(`%s,"seed":%d}`, fault[:len(fault)-1], uint32(seed)) // 32 bits are enough
		if err := s.Inject(ctx, seeded); err != nil {
			return nil, err
		}
	}
	working, stop := context.WithTimeout(ctx, o.Each)
	defer stop()
	var additional sync.WaitGroup
	errs := make(chan error, 3)
	additional.Go(func() { errs <- s.moveClock(working) })
	additional.Go(func() { errs <- s.killDatabase(working, trial.Database) })
	// The clients finish their last calls after everything works again.
	additional.Go(func() { <-working.Done(); errs <- s.Clear(context.WithoutCancel(ctx)) })
	var lock sync.Mutex
	var visits []*visit
	s.runClients(working, o.Clients, seed, func() *visit {
		v := &visit{tally: t, processesDie: trial.Kills, noFaults: trial.Name == "none"}
		lock.Lock()
		defer lock.Unlock()
		visits = append(visits, v)
		return v
	})
	additional.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return visits, errors.Join(all...)
}

// runClients runs clients concurrently until working ends. Each client makes visits one after
// another; begin returns each new visit.
func (s *System) runClients(working context.Context, clients int, seed uint64, begin func() *visit) {
	var all sync.WaitGroup
	for client := range clients {
		random := rand.New(rand.NewPCG(seed, uint64(client))) // reproducible, not secret
		all.Go(func() {
			for working.Err() == nil {
				v := begin()
				v.system, v.random, v.began = s, random, time.Now()
				if err := v.run(working); err != nil {
					v.note("visit ended: %v", err)
				}
			}
		})
	}
	all.Wait()
}

// moveClock advances the clock every second, so that surveys fall due and are sent while
// the faults are in force.
func (s *System) moveClock(ctx context.Context) error {
	for every(ctx, time.Second) {
		if err := s.Advance(context.WithoutCancel(ctx), "1m"); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) killDatabase(ctx context.Context, period time.Duration) error {
	for period > 0 && every(ctx, period) {
		if err := s.KillDatabase(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// every waits for the duration d. It returns false if ctx ends first.
func every(ctx context.Context, d time.Duration) bool { return table.Pause(ctx, d) == nil }

// checkResults runs everything that is due after the faults have ended, and compares what the
// clients know with the stored state.
func (s *System) checkResults(ctx context.Context, visits []*visit, t *tally) error {
	if err := s.awaitDatabase(ctx); err != nil {
		return err
	}
	// A survey is held for 15 minutes if its visitor has come back, and the lease of a
	// dead sender lasts two minutes.
	for _, by := range []string{"16m", "3m"} {
		if err := s.Advance(ctx, by); err != nil {
			return err
		}
	}
	state, err := s.readState(ctx)
	if err != nil {
		return err
	}
	for _, v := range visits {
		if err := v.check(ctx, state); err != nil {
			return err
		}
	}
	return s.verify(ctx, t)
}

func (s *System) awaitDatabase(ctx context.Context) error {
	var err error
	for range 50 {
		if _, err = s.store.Departments(ctx); err == nil {
			return nil
		}
	}
	return fmt.Errorf("the database did not come back: %w", err)
}
