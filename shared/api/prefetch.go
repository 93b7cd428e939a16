package api

import (
	"context"
	"fmt"
	"runtime/debug"
)

// task is a read that runs in parallel with the request's other reads. It starts before it
// is known whether its result is needed, so that all reads take one round trip together.
type task[T any] struct {
	done   chan struct{}
	cancel context.CancelFunc
	result T
	err    error
}

func startTask[T any](ctx context.Context, work func(context.Context) (T, error)) *task[T] {
	ctx, cancel := context.WithCancel(ctx)
	s := &task[T]{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(s.done)
		// A panic can be recovered only in its own goroutine. Unrecovered, it would end
		// the process.
		defer func() {
			if cause := recover(); cause != nil {
				s.err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		s.result, s.err = work(ctx)
	}()
	return s
}

// wait waits for the work and returns its result. It can be called repeatedly.
func (s *task[T]) wait() (T, error) {
	<-s.done
	return s.result, s.err
}

// stop cancels the work and waits until it has ended. A Lambda process is frozen once
// it has answered, so unfinished work would resume during the next request.
func (s *task[T]) stop() {
	s.cancel()
	<-s.done
}
