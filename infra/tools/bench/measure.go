package main

import (
	"context"
	"math/rand/v2"

	"livechat/infra/local/runtime"
)

// The subjects take turns, in a new random order in each round, so that disturbances of
// the machine affect all subjects equally.

// measureStarts measures one start of every subject in each round.
func measureStarts(ctx context.Context, subjects []*subject, rounds int) error {
	for range rounds {
		for _, i := range rand.Perm(len(subjects)) {
			if err := subjects[i].start(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// start measures the start of a new process, up to the process's first answer.
func (s *subject) start(ctx context.Context) error {
	pool := runtime.NewPool(s.options)
	defer pool.Close()
	out, err := s.call(ctx, pool)
	if err != nil {
		return err
	}
	s.ready = append(s.ready, out.Init)
	s.first = append(s.first, out.Init+out.Took)
	return nil
}

// measureCalls makes many calls to one process of each subject. It measures the time of
// each warm call, and the peak memory.
func measureCalls(ctx context.Context, subjects []*subject, calls int) error {
	pools := make([]*runtime.Pool, len(subjects))
	for i, s := range subjects {
		pools[i] = runtime.NewPool(s.options)
		defer pools[i].Close()
	}
	for range calls {
		for _, i := range rand.Perm(len(subjects)) {
			s := subjects[i]
			out, err := s.call(ctx, pools[i])
			if err != nil {
				return err
			}
			if !out.Cold {
				s.warm = append(s.warm, out.Took)
			}
			if s.peak, err = peakMemory(out.PID); err != nil {
				return err
			}
		}
	}
	return nil
}
