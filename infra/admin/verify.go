package main

import (
	"context"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
	"livechat/shared/store/verify"
)

type verifyCommand struct {
	pacedReads
	Repair      bool          `help:"Mend what can be mended without losing anything."`
	EraseOrphan bool          `name:"erase-orphans" help:"With --repair: delete what belongs to nothing any more, too."`
	Settle      time.Duration `default:"15s" help:"For how long what seems wrong is left alone before it is looked at again: no call of the service takes longer."`
}

func (verifyCommand) Help() string {
	return `Goes through the whole table and reports what breaks an invariant: two open rooms of a visitor, rooms without visitor, surveys, links, messages and answers whose room is gone, messages that are not found by their id, rooms that tell of other messages than there are, keys of indexes that do not fit, users without username, surveys that are stuck, erasures that were cut short, expired items that are still there. Nothing is changed without --repair.

It can run beside the live service. What seems wrong is looked at once more, after --settle, by consistent reads. A repair is written on the condition that nothing has changed since; what lost against the service is left to the next run. What --erase-orphans deletes belongs to a room that was looked for twice and is not there; it is listed without that flag, so look at it first.

What is left, and why, is said for each problem. An audit entry whose room or visitor is gone is none: it is meant to stay.

It ends with 0 when nothing is wrong, or all of it was repaired, and with 1 when a problem is left. With --json it prints one object per problem and line, and one of all figures at the end. Progress is on stderr.

It needs the permissions dynamodb:Scan, Query, GetItem and BatchGetItem on the table and its indexes, and for --repair PutItem, UpdateItem, DeleteItem, BatchWriteItem and ConditionCheckItem.

Examples:

    admin verify
    admin verify --read-units 1000
    admin verify --repair --erase-orphans`
}

// Validate is called by kong.
func (c verifyCommand) Validate() error {
	switch {
	case c.check() != nil:
		return c.check()
	case c.Settle < 0:
		return fmt.Errorf("--settle %s: must not be negative", c.Settle)
	case c.EraseOrphan && !c.Repair:
		return fmt.Errorf("--erase-orphans is for --repair alone")
	}
	return nil
}

// shownProblem is how a problem is printed.
type shownProblem struct {
	Problem  string `json:"problem"`
	Key      string `json:"key"`
	Says     string `json:"says"`
	Repair   string `json:"repair,omitempty"`
	Repaired bool   `json:"repaired"`
	Left     string `json:"left,omitempty"`
}

func (c verifyCommand) Run(ctx context.Context, where connection, out *output) error {
	db, err := where.open(ctx, table.Paced(c.ReadUnits))
	if err != nil {
		return err
	}
	settings, err := db.store.Settings(ctx)
	if err != nil {
		return db.explain(err)
	}
	var broken error
	progress := newProgress(out)
	verified, err := verify.Verification{
		Store: db.store, Settle: c.Settle, Repair: c.Repair, Erase: c.EraseOrphan,
		Now: func() livechat.Time { return livechat.At(time.Now()) },
		Close: func(r livechat.Room) (livechat.Closed, error) {
			return closedByOperator(settings, r, "Closed by a repair: another room of the visitor was open")
		},
		Found: func(p verify.Problem) {
			if err := c.show(out, p); err != nil {
				broken = err
			}
		},
		Progress: progress.items, Waits: progress.waits,
	}.Run(ctx)
	if err != nil {
		return db.explain(err)
	}
	if broken != nil {
		return broken
	}
	return c.conclude(out, verified)
}

func (c verifyCommand) show(out *output, p verify.Problem) error {
	shown := shownProblem{
		Problem: p.Kind, Key: p.Key.PK + " / " + p.Key.SK, Says: p.Says, Repair: p.Mend, Repaired: p.Repaired, Left: p.Why,
	}
	line := p.Kind + ": " + p.Says + " [" + shown.Key + "]"
	switch {
	case p.Repaired:
		line += " — repaired: " + p.Mend
	case p.Why != "":
		line += " — left: " + p.Why
	default:
		line += " — --repair would: " + p.Mend
		if p.Loses {
			line += " (with --erase-orphans)"
		}
	}
	return out.result(shown, line)
}

func (c verifyCommand) conclude(out *output, v verify.Verified) error {
	left := v.Problems - v.Repaired
	line := fmt.Sprintf("%s; %s, %d repaired, %d left", counted(v.Items, "item"), counted(v.Problems, "problem"), v.Repaired, left)
	if v.Unknown > 0 {
		line += fmt.Sprintf("; %s of a kind that this version does not know", counted(v.Unknown, "item"))
	}
	if err := out.result(v, line); err != nil {
		return err
	}
	if v.Unchecked > 0 {
		return fmt.Errorf("left: %s; and %s more that seem wrong, too many to be looked at: run it again when these are mended", counted(left, "problem"), counted(v.Unchecked, "item"))
	}
	if left > 0 {
		return fmt.Errorf("left: %s", counted(left, "problem"))
	}
	return nil
}
