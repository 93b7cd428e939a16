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

// Store reads and writes all that the service keeps. It is safe for parallel use.
//
// It has rooms, visitors and messages itself, together with the transactions that write a
// room and its survey. The rest is in packages of its own, one for each subject.
type Store struct {
	*directory.Directory
	*ratelimit.Counters
	*surveys.Records

	table   *table.Table
	now     func() time.Time
	routing routing
	guests  guestNumbers
}

// New returns the store that keeps its items in the table.
func New(t *table.Table) *Store {
	s := &Store{table: t, now: time.Now, routing: routing{fresh: rate.NewLimiter(freshReads, freshReadsBurst)}}
	s.Directory = directory.New(t, func() time.Time { return s.now() })
	s.Counters = ratelimit.New(t, s.Directory)
	s.Records = surveys.New(t)
	return s
}

// FromEnvironment returns the store of the table that a Lambda function's
// environment names.
func FromEnvironment() *Store { return New(table.FromEnvironment()) }

// Prime opens the connection to the database ahead of the first call.
func (s *Store) Prime(ctx context.Context) { s.table.Prime(ctx) }

// Table is the table itself, for package verify and for tests: what is written through
// it passes by the rules that the store's own methods keep.
func (s *Store) Table() *table.Table { return s.table }
