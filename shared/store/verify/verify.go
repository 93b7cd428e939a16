// Package verify checks the consistency of the whole table while the service runs, and
// repairs it on request. It finds, for example, two open rooms of a visitor, orphaned
// items, wrong counts and wrong index keys. It repairs only items whose right content
// follows from the rest of the table. Package layout defines the keys, and infra/admin
// has the command.
package verify

import (
	"context"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

// Problem is an invariant that the table violates.
type Problem struct {
	// Key is the key of the item.
	Key table.Key
	// Kind names the kind of problem, such as "orphaned-messages".
	Kind string
	// Says describes the problem by ids, without names, tokens or texts.
	Says string
	// Mend describes the repair. It is empty if only a person can decide. WhyLeft is the
	// reason why the problem was not repaired.
	Mend, WhyLeft string
	// LosesData reports whether the repair deletes data that may still be wanted.
	LosesData bool
	// Repaired reports whether the problem has been repaired.
	Repaired bool

	repair func(context.Context) error
}

// Verification examines every item of the table and its references.
//
// The running service changes the table during the examination. So an item that seems
// wrong is examined again with consistent reads, after all calls that were in progress
// have ended. A repair is written on the condition that the examined data is unchanged.
//
// A verification keeps in memory one page of the table, the message keys of the rooms
// that it is examining, and the keys of some thousands of items that seem wrong.
type Verification struct {
	Store *store.Store
	// Settle is the wait before an item that seems wrong is examined again. It must be
	// longer than any call of the service.
	Settle time.Duration
	// Repair enables repairs. Erase also enables repairs that lose data.
	Repair, Erase bool
	// Now returns the current time.
	Now func() livechat.Time
	// Close closes a visitor's second open room.
	Close func(livechat.Room) (livechat.Closed, error)
	// Found is called with each problem after it was repaired or left unrepaired.
	Found func(Problem)
	// Progress, if set, is called repeatedly with the number of examined items and the
	// number of items that wait to be examined again.
	Progress func(items, waiting int)
	// OnWait, if set, is called before each wait with its duration.
	OnWait func(time.Duration)
}

// Verified is the result of a verification.
type Verified struct {
	Items int `json:"items"`
	// Kinds counts the items by the first part of their partition key.
	Kinds map[string]int `json:"kinds"`
	// Unknown counts the items of unknown kinds.
	Unknown  int `json:"unknown"`
	Problems int `json:"problems"`
	Repaired int `json:"repaired"`
	// Unchecked counts the items that seemed wrong but were not examined again, because
	// the limits of this run were reached.
	Unchecked int `json:"unchecked"`
}

// Run verifies the table.
func (v Verification) Run(ctx context.Context) (Verified, error) {
	w := &tableScan{Verification: v, table: v.Store.Table(), verified: Verified{Kinds: map[string]int{}}}
	err := w.table.Scan(ctx, func(items []table.Item) error { return w.examinePage(ctx, items) })
	if err == nil {
		err = w.finish(ctx)
	}
	if err != nil {
		return w.verified, fmt.Errorf("verify: %w", err)
	}
	return w.verified, nil
}
