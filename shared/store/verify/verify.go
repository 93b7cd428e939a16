// Package verify walks the whole table beside the live service, and finds what does not
// fit together: two open rooms of a visitor, what belongs to nothing, figures that are
// not what they count, index keys that lead astray. What can be told from the rest it
// mends, when that is asked for. Not inside: what lies where, see package layout; who
// starts it and shows what it found, see infra/admin.
package verify

import (
	"context"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

// Problem is an invariant that the table does not keep.
type Problem struct {
	// Key is where.
	Key table.Key
	// Kind is a word for what is wrong, such as "orphaned-messages".
	Kind string
	// Says is what is wrong, by ids: no names, tokens or texts.
	Says string
	// Mend is what a repair does about it; empty where nobody but a person can tell
	// what is right: then Why says why.
	Mend, Why string
	// Loses says that the repair deletes what might still be wanted.
	Loses bool
	// Repaired says that it is mended.
	Repaired bool

	repair func(context.Context) error
}

// Verification looks at every item of the table, and at what each refers to.
//
// A live service beside it changes what it looks at: what seems wrong is looked at
// again, by consistent reads, when every call that can have been in the middle of
// something has ended. A repair writes on the condition that what it was computed
// from is still the same.
//
// It holds a page of the table, the keys of one room's messages, and the keys of what
// seems wrong, some thousands at most.
type Verification struct {
	Store *store.Store
	// Settle is for how long what seems wrong is left alone before it is looked at
	// again: longer than any call of the service may take.
	Settle time.Duration
	// Repair has problems mended, Erase those too whose repair loses something.
	Repair, Erase bool
	// Now is what ages are measured by.
	Now func() livechat.Time
	// Close closes a room that is one too many.
	Close func(livechat.Room) (livechat.Closed, error)
	// Found is called with each problem, once it is repaired or left.
	Found func(Problem)
	// Progress, when there is one, is called now and then with how many items were
	// looked at, and how many seem wrong and wait to be looked at again.
	Progress func(items, waiting int)
	// Waits, when there is one, is called before it waits for so long.
	Waits func(time.Duration)
}

// Verified is what a verification went through.
type Verified struct {
	Items int `json:"items"`
	// Kinds counts the items by the first part of their partition key.
	Kinds map[string]int `json:"kinds"`
	// Unknown counts those of which this version does not know what they are.
	Unknown  int `json:"unknown"`
	Problems int `json:"problems"`
	Repaired int `json:"repaired"`
	// Unchecked counts what seemed wrong and was more than is kept: another run
	// looks at it.
	Unchecked int `json:"unchecked"`
}

// Run goes through the table.
func (v Verification) Run(ctx context.Context) (Verified, error) {
	w := &walk{Verification: v, verified: Verified{Kinds: map[string]int{}}}
	err := v.Store.Table().Scan(ctx, func(items []table.Item) error { return w.page(ctx, items) })
	if err == nil {
		err = w.finish(ctx)
	}
	if err != nil {
		return w.verified, fmt.Errorf("verify: %w", err)
	}
	return w.verified, nil
}
