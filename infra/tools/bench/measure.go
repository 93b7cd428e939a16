package main

import (
	"context"
	"math/rand/v2"

	"livechat/infra/tools/bench/process"
)

// The subjects take turns, in a new random order in each round, so that disturbances of
// the machine affect all subjects equally.

// start measures one start of every subject in each round.
func start(ctx context.Context, subjects []*subject, database string, rounds int) error {
	for range rounds {
		for _, i := range rand.Perm(len(subjects)) {
			if err := subjects[i].start(ctx, database); err != nil {
				return err
			}
		}
	}
	return nil
}

// start measures the start of a new process, up to the process's first answer.
func (s *subject) start(ctx context.Context, database string) error {
	// Create the event first, so that the process does not wait for it.
	event, err := s.nextEvent(ctx)
	if err != nil {
		return err
	}
	p, err := process.Start(process.Options{Function: s.function, Binary: s.binary, Database: database})
	if err != nil {
		return err
	}
	defer p.Stop()
	answer, err := s.call(ctx, p, event)
	if err != nil {
		return err
	}
	s.ready = append(s.ready, p.Ready())
	s.first = append(s.first, answer.SinceStart)
	return nil
}

// endure makes many calls to one process of each subject. It measures the time of each
// warm call, and the peak memory.
func endure(ctx context.Context, subjects []*subject, database string, calls int) error {
	processes := make([]*process.Process, len(subjects))
	for i, s := range subjects {
		p, err := process.Start(process.Options{Function: s.function, Binary: s.binary, Database: database})
		if err != nil {
			return err
		}
		defer p.Stop()
		processes[i] = p
	}
	for n := range calls {
		for _, i := range rand.Perm(len(subjects)) {
			took, err := subjects[i].answer(ctx, processes[i])
			if err != nil {
				return err
			}
			if n > 0 { // the first call is not warm
				subjects[i].warm = append(subjects[i].warm, took)
			}
		}
	}
	for i, s := range subjects {
		var err error
		if s.peak, err = processes[i].Peak(); err != nil {
			return err
		}
	}
	return nil
}
