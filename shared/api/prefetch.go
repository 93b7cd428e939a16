package api

import (
	"context"
	"fmt"
	"runtime/debug"
)

// task is work that runs beside the request, begun before it is known
// whether its result is needed: what the database is asked side by side costs
// one round trip.
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
		// Nobody else can catch a panic here, and it would end the process.
		defer func() {
			if cause := recover(); cause != nil {
				s.err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		s.result, s.err = work(ctx)
	}()
	return s
}

// wait returns the work's result, as often as it is asked.
func (s *task[T]) wait() (T, error) {
	<-s.done
	return s.result, s.err
}

// stop ends the work and waits for its end: a Lambda function is frozen once it
// has answered, and what ran on would wake up in the next request's time.
func (s *task[T]) stop() {
	s.cancel()
	<-s.done
}
