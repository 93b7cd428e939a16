package directory

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"livechat/shared/livechat"
)

// recentAge is how long a value is used without reading the table again: less than the
// five seconds within which a change must take effect.
const recentAge = 4 * time.Second

// cached caches a value that was read recently.
type cached[T any] struct {
	lock  sync.Mutex
	value T
	read  time.Time
	// newest is a copy of value for callers that cannot wait for the lock.
	newest atomic.Pointer[T]
}

// last returns the value that was read last, regardless of its age; nil before the first
// read.
func (r *cached[T]) last() *T { return r.newest.Load() }

// get returns the value, and calls read if the value is too old.
func (r *cached[T]) get(ctx context.Context, now func() time.Time, read func(context.Context) (T, error)) (T, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if !r.read.IsZero() && now().Sub(r.read) < recentAge {
		return r.value, nil
	}
	asked := now()
	value, err := read(ctx)
	if err != nil {
		return value, err
	}
	r.value, r.read = value, asked
	r.newest.Store(&value)
	return value, nil
}

// RecentDepartments returns the departments, at most some seconds old.
func (d *Directory) RecentDepartments(ctx context.Context) ([]livechat.Department, error) {
	return d.departments.get(ctx, d.now, d.Departments)
}

// RecentAgents returns the agents, at most some seconds old. It shows who is online, but
// not their loads.
func (d *Directory) RecentAgents(ctx context.Context) ([]livechat.Agent, error) {
	return d.agents.get(ctx, d.now, d.Agents)
}
