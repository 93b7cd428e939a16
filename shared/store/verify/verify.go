// Package verify checks the consistency of the whole table while the service runs, and
// repairs it on request. It finds, for example, two open rooms of a visitor, orphaned
// items, wrong counts and wrong index keys. It repairs what follows from the rest of the
// table. See package layout for the keys, and infra/admin for the command.
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
	// Mend is what a repair does; empty if only a person can decide. Why then gives the
	// reason.
	Mend, WhyLeft string
	// LosesData means that the repair deletes data that may still be wanted.
	LosesData bool
	// Repaired means that the problem is repaired.
	Repaired bool

	repair func(context.Context) error
}

// Verification examines every item of the table and its references.
//
// The running service changes the table during the examination. So an item that seems
// wrong is examined again, by consistent reads, after every call that was in progress has
// ended. A repair is conditional on the data that it is based on.
//
// It holds in memory a page of the table, the keys of one room's messages, and the keys
// of the items that seem wrong, some thousands at most.
type Verification struct {
	Store *store.Store
	// Settle is how long an item that seems wrong is left alone before it is examined
	// again: longer than any call of the service.
	Settle time.Duration
	// Repair enables repairs, and Erase also those that lose data.
	Repair, Erase bool
	// Now returns the time for ages.
	Now func() livechat.Time
	// Close closes a surplus room.
	Close func(livechat.Room) (livechat.Closed, error)
	// Found is called with each problem after it is repaired or left.
	Found func(Problem)
	// Progress, if set, is called repeatedly with the number of examined items, and of
	// items that wait to be examined again.
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
	// Unchecked counts the items that seemed wrong but exceeded the limits, and are left
	// for another run.
	Unchecked int `json:"unchecked"`
}

// Run verifies the table.
func (v Verification) Run(ctx context.Context) (Verified, error) {
	w := &tableScan{Verification: v, verified: Verified{Kinds: map[string]int{}}}
	err := v.Store.Table().Scan(ctx, func(items []table.Item) error { return w.page(ctx, items) })
	if err == nil {
		err = w.finish(ctx)
	}
	if err != nil {
		return w.verified, fmt.Errorf("verify: %w", err)
	}
	return w.verified, nil
}
