package directory

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"livechat/shared/livechat"
)

// recentAge is for how long what was read is used without another look at the
// table: less than the five seconds within which a change must be in force.
const recentAge = 4 * time.Second

// recent is what was read not long ago.
type recent[T any] struct {
	lock  sync.Mutex
	value T
	read  time.Time
	// newest is the value, too, for who cannot wait for the lock.
	newest atomic.Pointer[T]
}

// last returns what was read last, however long ago; nil for nothing yet.
func (r *recent[T]) last() *T { return r.newest.Load() }

// get returns the value, which read reads when it is too old.
func (r *recent[T]) get(ctx context.Context, now func() time.Time, read func(context.Context) (T, error)) (T, error) {
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

// RecentDepartments are the departments of some seconds ago at most.
func (d *Directory) RecentDepartments(ctx context.Context) ([]livechat.Department, error) {
	return d.departments.get(ctx, d.now, d.Departments)
}

// RecentAgents are the agents of some seconds ago at most: who is online, not how
// busy they are.
func (d *Directory) RecentAgents(ctx context.Context) ([]livechat.Agent, error) {
	return d.agents.get(ctx, d.now, d.Agents)
}
