// Package ratelimit counts the actions of visitors and addresses per minute. The counts
// are exact across all processes.
package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// Settings reads the settings that hold the limits.
type Settings interface {
	// Settings returns the current settings.
	Settings(ctx context.Context) (settings.Settings, error)
	// LastSettings returns the settings that were read last, regardless of their age, or
	// the defaults if none were read.
	LastSettings() settings.Settings
}

// Counters counts actions in the table. It is safe for concurrent use.
type Counters struct {
	table    *table.Table
	settings Settings
}

// New returns the counters that use the table.
func New(t *table.Table, settings Settings) *Counters { return &Counters{t, settings} }

// Admit counts actions under the limits that visitors share. If limits are exceeded, it
// fails with [livechat.RateLimitError] for the first of them in the order of counts. The
// counts are exact across all processes. Counting takes one round trip.
func (c *Counters) Admit(ctx context.Context, now livechat.Time, counts ...livechat.RateUse) error {
	if err := c.admit(ctx, now, counts); err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	return nil
}

func (c *Counters) admit(ctx context.Context, now livechat.Time, counts []livechat.RateUse) error {
	if len(counts) == 0 {
		return nil
	}
	// To save a round trip, count with the limits that were read last, and read the
	// current settings in parallel.
	expected := c.settings.LastSettings()
	var settings settings.Settings
	places := make([]int, len(counts))
	counting, together := errgroup.WithContext(ctx)
	counting.Go(func() (err error) {
		settings, err = c.settings.Settings(together)
		return err
	})
	for i, use := range counts {
		counting.Go(func() (err error) {
			places[i], err = c.count(together, use, use.Limit.In(expected), now)
			return err
		})
	}
	if err := counting.Wait(); err != nil {
		return err
	}
	for i, use := range counts {
		limit := use.Limit.In(settings)
		if limit > use.Limit.In(expected) && places[i] == refused || limit > 0 && use.Limit.In(expected) == 0 {
			var err error
			if places[i], err = c.count(ctx, use, limit, now); err != nil {
				return err
			}
		}
		if limit > 0 && places[i] > limit {
			return livechat.Exceeded(limit, now)
		}
	}
	return nil
}

const (
	// rateAfterlife is the time for which a counter is kept after its minute. It allows
	// for clock differences.
	rateAfterlife = time.Minute
	// slots is the number of slots of a counter. Each slot holds the name of the last
	// action that was counted in the slot.
	slots = 16
	// nameLength is the number of characters of an action's hash that form its name. They
	// have 66 bits.
	nameLength = 11
)

// refused is what count returns if the limit was already reached.
const refused = math.MaxInt

// count counts an action, unless the limit is reached, and returns the number of actions
// in the minute so far. It does not count an action again that is repeated, for example
// after a lost answer or by concurrent calls, and returns 0. A repeated action is
// recognized by its name. A counter holds only the names in its slots, so it stays small
// for any limit.
func (c *Counters) count(ctx context.Context, use livechat.RateUse, limit int, now livechat.Time) (int, error) {
	if limit == 0 {
		return 0, nil
	}
	from, until := livechat.Window(now)
	name := livechat.HashToken(use.What)[:nameLength]
	slot := fmt.Sprint("s", name[0]%slots)
	item, err := c.table.Update(ctx, layout.RateKey(use, from), table.Update{
		Expression: "SET " + slot + " = :name, " + layout.FieldExpiry + " = :expires ADD counted :one",
		If: "(attribute_not_exists(" + slot + ") OR " + slot + " <> :name) AND " +
			"(attribute_not_exists(counted) OR counted < :limit)",
		Values: table.Values{":name": name, ":one": 1, ":limit": limit, ":expires": layout.Seconds(until.Add(rateAfterlife))},
	})
	if failed, known := errors.AsType[*table.ConditionFailed](err); known {
		if failed.Old.Text(slot) == name {
			return 0, nil
		}
		return refused, nil
	}
	if err != nil {
		return 0, err
	}
	var counter struct {
		Counted int `json:"counted"`
	}
	err = item.Decode(&counter)
	return counter.Counted, err
}
