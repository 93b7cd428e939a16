package store

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Store is the service's memory. It is safe for parallel use.
type Store struct {
	table *table.Table
	now   func() time.Time

	settings    recent[livechat.Settings]
	departments recent[[]livechat.Department]
	agents      recent[[]livechat.Agent]
	routing     routing
	guests      guestNumbers
}

// New returns the store that keeps its items in the table.
func New(t *table.Table) *Store {
	return &Store{table: t, now: time.Now, routing: routing{fresh: rate.NewLimiter(freshReads, freshReadsBurst)}}
}

// FromEnvironment returns the store of the table that a Lambda function's
// environment names.
func FromEnvironment() *Store { return New(table.FromEnvironment()) }

// Prime opens the connection to the database ahead of the first call.
func (s *Store) Prime(ctx context.Context) { s.table.Prime(ctx) }

// Table is the table itself, for package verify and for tests: what is written through
// it passes by the rules that the store's own methods keep.
func (s *Store) Table() *table.Table { return s.table }

// ErrChanged says that an item is no longer what it was when it was read.
var ErrChanged = errors.New("the item has changed")

// untilUnchanged retries f, which reads, decides and writes, while it fails with
// ErrChanged.
func untilUnchanged(ctx context.Context, f func() error) error {
	return table.Repeat(ctx, ErrChanged, f)
}

// changedIfLost turns a failed condition into ErrChanged.
func changedIfLost(err error) error {
	if _, lost := errors.AsType[*table.ConditionFailed](err); lost {
		return ErrChanged
	}
	return err
}
