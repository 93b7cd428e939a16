package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// Admit counts what is about to be done, for each limit that is set. It fails with
// [livechat.OverLimit], of the first in order, when there was too much of it in the
// minute of now. One count is exact over all processes, and one round trip.
func (s *Store) Admit(ctx context.Context, now livechat.Time, counts ...livechat.Count) error {
	if err := s.admit(ctx, now, counts); err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	return nil
}

func (s *Store) admit(ctx context.Context, now livechat.Time, counts []livechat.Count) error {
	if len(counts) == 0 {
		return nil
	}
	// Not to wait for the settings, it is counted by the limits that held last.
	expected := s.lastSettings()
	var settings livechat.Settings
	places := make([]int, len(counts))
	both, reading := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		settings, err = s.Settings(reading)
		return err
	})
	for i, c := range counts {
		both.Go(func() (err error) {
			places[i], err = s.count(reading, c, c.Limit.In(expected), now)
			return err
		})
	}
	if err := both.Wait(); err != nil {
		return err
	}
	for i, c := range counts {
		limit := c.Limit.In(settings)
		if places[i] < limit || limit == 0 {
			continue
		}
		// The limit that held last may have been a lower one, or none.
		place, err := s.count(ctx, c, limit, now)
		if err != nil {
			return err
		}
		if place >= limit {
			return livechat.Exceeded(limit, now)
		}
	}
	return nil
}

// lastSettings are those that were read last, however long ago, else the defaults.
func (s *Store) lastSettings() livechat.Settings {
	if last := s.settings.last(); last != nil {
		return *last
	}
	defaults, _ := livechat.NewSettings(livechat.ChangedSettings{}) // has no error for none
	return defaults
}

const (
	fieldCounted = "counted"
	// rateAfterlife is how long a counter is kept behind its minute: clocks differ.
	rateAfterlife = time.Minute

	countOne = "SET " + fieldCounted + " = list_append(if_not_exists(" + fieldCounted + ", :none), :one), " +
		layout.FieldExpiry + " = :expires"
	ifNotCounted = "attribute_not_exists(" + fieldCounted + ") OR " +
		"NOT contains(" + fieldCounted + ", :what) AND size(" + fieldCounted + ") < :limit"
)

// notCounted is the place of what found none: behind all limits.
const notCounted = math.MaxInt

// count returns the place, from 0, that c has among what was counted with it. When
// limit were counted before, it is counted no more; with no limit, nothing is.
func (s *Store) count(ctx context.Context, c livechat.Count, limit int, now livechat.Time) (int, error) {
	if limit == 0 {
		return notCounted, nil
	}
	from, until := livechat.Window(now)
	what := nameOf(c)
	item, err := s.table.Update(ctx, layout.RateKey(c, from), table.Change{
		Expression: countOne, If: ifNotCounted,
		Values: table.Values{
			":what": what, ":one": []string{what}, ":none": []string{},
			":limit": limit, ":expires": layout.Seconds(until.Add(rateAfterlife)),
		},
	})
	if failed, full := errors.AsType[*table.ConditionFailed](err); full {
		item, err = failed.Old, nil
	}
	if err != nil {
		return 0, err
	}
	var counter struct {
		Counted []string `json:"counted"`
	}
	if err := item.Decode(&counter); err != nil {
		return 0, err
	}
	if place := slices.Index(counter.Counted, what); place >= 0 {
		return place, nil
	}
	return notCounted, nil
}

// nameOf is 66 bits of a hash: short, for the many that a counter holds.
func nameOf(c livechat.Count) string { return livechat.HashToken(c.What)[:11] }
