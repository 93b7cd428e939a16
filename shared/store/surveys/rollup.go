package surveys

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/store/layout"
	"livechat/shared/store/table"
	"livechat/shared/survey/report"
)

// EachDay calls f for each stored part of the figures of the days from and to, inclusive,
// in the order of days. It skips days without figures.
func (s *Records) EachDay(ctx context.Context, from, to string, f func(report.Part) error) error {
	err := s.table.Each(ctx, layout.DayParts(from, to), func(item table.Item) error {
		var part report.Part
		if err := item.Decode(&part); err != nil {
			return err
		}
		return f(part)
	})
	if err != nil {
		return fmt.Errorf("figures of days: %w", err)
	}
	return nil
}

// DayStates returns the states of those days between from and to, inclusive, that have
// figures.
func (s *Records) DayStates(ctx context.Context, from, to string) ([]report.DayState, error) {
	var states []report.DayState
	parts := layout.DayParts(from, to)
	parts.Only, parts.Names = "PK, SK, #day, #at, openUntil", map[string]string{"#day": "day", "#at": "at"}
	err := s.table.Each(ctx, parts, func(item table.Item) error {
		var state report.DayState
		if err := item.Decode(&state); err != nil {
			return err
		}
		if len(states) == 0 || states[len(states)-1].Day != state.Day {
			states = append(states, state)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("states of days: %w", err)
	}
	return states, nil
}

// SaveDay replaces the day's stored figures.
func (s *Records) SaveDay(ctx context.Context, d *report.Day) error {
	old := layout.DayParts(d.Day, d.Day)
	old.Only = "PK, SK"
	kept, err := s.table.Query(ctx, old)
	if err != nil {
		return fmt.Errorf("save figures of %s: %w", d.Day, err)
	}
	parts := d.Parts()
	var writes []table.Write
	for i, part := range parts {
		item, err := table.NewItem(layout.DayKey(d.Day, i), part, nil)
		if err != nil {
			return err
		}
		writes = append(writes, table.Write{Put: item})
	}
	for i := len(parts); i < len(kept); i++ {
		surplus := layout.DayKey(d.Day, i)
		writes = append(writes, table.Write{Delete: &surplus})
	}
	if err := s.table.Transact(ctx, writes...); err != nil {
		return fmt.Errorf("save figures of %s: %w", d.Day, err)
	}
	return nil
}

// EachClosed calls f for each page of the ids of rooms that were closed on the day and
// have a survey.
func (s *Records) EachClosed(ctx context.Context, day string, f func(rooms []string) error) error {
	for _, shard := range layout.ClosedOnShards(day) {
		err := s.table.EachKeys(ctx, layout.IDIndex, layout.IDIndexPK, shard, func(keys []table.Key) error {
			return f(layout.SurveyedRooms(keys))
		})
		if err != nil {
			return fmt.Errorf("rooms closed on %s: %w", day, err)
		}
	}
	return nil
}

// StaleDays returns the days whose figures must be recomputed.
func (s *Records) StaleDays(ctx context.Context) ([]report.StaleDay, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.PartitionStale})
	if err != nil {
		return nil, fmt.Errorf("stale days: %w", err)
	}
	return table.DecodeAll[report.StaleDay](items)
}

// ClearStale removes the day's stale mark, unless the day was marked again.
func (s *Records) ClearStale(ctx context.Context, d report.StaleDay) error {
	err := s.table.Delete(
		ctx,
		table.Key{PK: layout.PartitionStale, SK: d.Day},
		"#id = :id",
		map[string]string{"#id": "_id"},
		table.Values{":id": d.ID},
	)
	if _, again := errors.AsType[*table.ConditionFailed](err); again {
		return nil
	}
	return err
}
