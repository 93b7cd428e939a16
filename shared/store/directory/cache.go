package directory

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"livechat/shared/livechat"
)

// recentAge is the maximum age of a cached value. It is less than five seconds, within
// which a change must take effect.
const recentAge = 4 * time.Second

// cached caches a value read from the table for up to recentAge.
type cached[T any] struct {
	lock  sync.Mutex
	value T
	read  time.Time
	// newest is a copy of value for callers that cannot wait for the lock.
	newest atomic.Pointer[T]
}

// last returns the value that was read last, regardless of its age. It returns nil before
// the first read.
func (r *cached[T]) last() *T { return r.newest.Load() }

// get returns the cached value. If the value is too old, get calls read for a new one.
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

// RecentAgents returns the agents, at most some seconds old. The agents have their
// status, but not their loads.
func (d *Directory) RecentAgents(ctx context.Context) ([]livechat.Agent, error) {
	return d.agents.get(ctx, d.now, d.Agents)
}
