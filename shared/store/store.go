package store

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"livechat/shared/store/directory"
	"livechat/shared/store/ratelimit"
	"livechat/shared/store/surveys"
	"livechat/shared/store/table"
)

// Store reads and writes all the service's data. It is safe for concurrent use.
//
// It implements the methods for rooms, visitors and messages, and the transactions that
// write a room with its survey. The embedded types implement all other methods.
type Store struct {
	*directory.Directory
	*ratelimit.Counters
	*surveys.Records

	table   *table.Table
	now     func() time.Time
	routing routing
	guests  guestNumbers
}

// New returns the store that uses the table.
func New(t *table.Table) *Store {
	s := &Store{table: t, now: time.Now, routing: routing{fresh: rate.NewLimiter(freshReads, freshReadsBurst)}}
	s.Directory = directory.New(t, func() time.Time { return s.now() })
	s.Counters = ratelimit.New(t, s.Directory)
	s.Records = surveys.New(t)
	return s
}

// FromEnvironment returns the store that uses the table named in a Lambda function's
// environment.
func FromEnvironment() *Store { return New(table.FromEnvironment()) }

// Prime opens the connection to the database ahead of the first call.
func (s *Store) Prime(ctx context.Context) { s.table.Prime(ctx) }

// Table returns the underlying table, for package verify and tests. Writing to the table
// directly bypasses the rules of the store's methods.
func (s *Store) Table() *table.Table { return s.table }
