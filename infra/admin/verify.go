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
	readRateFlags
	Repair      bool          `help:"Repair what can be repaired without losing data."`
	EraseOrphan bool          `name:"erase-orphans" help:"With --repair: also delete items whose owner no longer exists."`
	Settle      time.Duration `default:"15s" help:"How long to wait for API calls in progress before checking suspicious items again."`
}

func (verifyCommand) Help() string {
	return `Scans the whole table and reports broken invariants. Without --repair, it changes
nothing. It checks for:

    - a visitor with two open rooms
    - rooms without a visitor
    - surveys, links, messages and answers whose room is gone
    - messages that cannot be found by id
    - rooms whose message counts do not match their messages
    - index keys that do not match their items
    - users without a username
    - stuck surveys
    - unfinished erasures
    - expired items that still exist

It is safe to run while the service is live. Suspicious items are checked again after --settle.
A repair is a conditional write. If the item has changed, the repair is left to the next run.
--erase-orphans deletes items whose room was not found in two checks: review the list without
the flag first.

Audit entries whose room or visitor is gone are not problems.

The exit code is 1 if a problem is left, else 0. With --json, it prints one JSON object per line: one
for each problem, then one with the totals.

It needs the permissions dynamodb:Scan, Query, GetItem and BatchGetItem on the table and its
indexes. --repair also needs PutItem, UpdateItem, DeleteItem, BatchWriteItem and
ConditionCheckItem.

Examples:

    admin verify
    admin verify --read-units 1000
    admin verify --repair --erase-orphans`
}

// Validate implements kong's validation interface.
func (c verifyCommand) Validate() error {
	switch {
	case c.check() != nil:
		return c.check()
	case c.Settle < 0:
		return fmt.Errorf("--settle %s: must not be negative", c.Settle)
	case c.EraseOrphan && !c.Repair:
		return fmt.Errorf("--erase-orphans requires --repair")
	}
	return nil
}

// shownProblem is the printed form of a problem.
type shownProblem struct {
	Problem  string `json:"problem"`
	Key      string `json:"key"`
	Says     string `json:"says"`
	Repair   string `json:"repair,omitempty"`
	Repaired bool   `json:"repaired"`
	Left     string `json:"left,omitempty"`
}

func (c verifyCommand) Run(ctx context.Context, target connection, out *output) error {
	db, err := target.open(ctx, table.Paced(c.ReadUnits))
	if err != nil {
		return err
	}
	settings, err := db.store.Settings(ctx)
	if err != nil {
		return db.explain(err)
	}
	var printErr error
	progress := newProgress(out)
	verified, err := verify.Verification{
		Store: db.store, Settle: c.Settle, Repair: c.Repair, Erase: c.EraseOrphan,
		Now: db.clock.now,
		Close: func(r livechat.Room) (livechat.Closed, error) {
			return closedByOperator(db.clock.now(), settings, r, "Closed by a repair: another room of the visitor was open")
		},
		Found: func(p verify.Problem) {
			if err := c.show(out, p); err != nil {
				printErr = err
			}
		},
		Progress: progress.items, OnWait: progress.waits,
	}.Run(ctx)
	if err != nil {
		return db.explain(err)
	}
	if printErr != nil {
		return printErr
	}
	return c.conclude(out, verified)
}

func (c verifyCommand) show(out *output, p verify.Problem) error {
	shown := shownProblem{
		Problem: p.Kind, Key: p.Key.PK + " / " + p.Key.SK, Says: p.Says, Repair: p.Mend, Repaired: p.Repaired, Left: p.WhyLeft,
	}
	line := p.Kind + ": " + p.Says + " [" + shown.Key + "]"
	switch {
	case p.Repaired:
		line += " — repaired: " + p.Mend
	case p.WhyLeft != "":
		line += " — left: " + p.WhyLeft
	default:
		line += " — --repair would " + p.Mend
		if p.LosesData {
			line += " (with --erase-orphans)"
		}
	}
	return out.result(shown, line)
}

func (c verifyCommand) conclude(out *output, v verify.Verified) error {
	left := v.Problems - v.Repaired
	line := fmt.Sprintf("%s; %s, %d repaired, %d left", pluralize(v.Items, "item"), pluralize(v.Problems, "problem"), v.Repaired, left)
	if v.Unknown > 0 {
		line += fmt.Sprintf("; %s of a kind unknown to this version", pluralize(v.Unknown, "item"))
	}
	if err := out.result(v, line); err != nil {
		return err
	}
	if v.Unchecked > 0 {
		return fmt.Errorf("left: %s; too many to check: %s; repair the listed problems first, then run verify again",
			pluralize(left, "problem"), pluralize(v.Unchecked, "item"))
	}
	if left > 0 {
		return fmt.Errorf("left: %s", pluralize(left, "problem"))
	}
	return nil
}
