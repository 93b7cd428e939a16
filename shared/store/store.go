package store

import (
	"context"
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
