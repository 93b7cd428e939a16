package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
	"livechat/shared/survey/report"
)

// firstMonth is the first month that retention reads. No stored data is older.
const firstMonth = "2010-01"

// erasedAtOnce is the number of old items that are processed in parallel.
const erasedAtOnce = 8

// FinishErasures finishes the interrupted erasures of rooms that began before the given
// time.
func (s *Store) FinishErasures(ctx context.Context, before livechat.Time, budget retention.Budget) (retention.SweepResult, error) {
	var done retention.SweepResult
	_, err := s.sweepRange(ctx, layout.ListErasures, "", before, budget, &done, func(ctx context.Context, key table.Key) (bool, error) {
		return true, s.FinishErasure(ctx, strings.TrimPrefix(key.SK, layout.PrefixErase), key)
	})
	return done, wrapError("finish erasures", err)
}

// EraseOldRooms erases the rooms that were closed before the given time, with all their
// data. It skips a room that changes concurrently.
func (s *Store) EraseOldRooms(ctx context.Context, before, now livechat.Time, budget retention.Budget) (retention.SweepResult, error) {
	done, err := s.sweepMonths(ctx, layout.ClosedShards, before, budget, func(ctx context.Context, key table.Key) (bool, error) {
		item, err := s.table.Get(ctx, key)
		if err != nil || item == nil || key.SK == layout.SortOpen {
			return false, err
		}
		room, err := layout.DecodeRoom(item)
		if err != nil || room.Open || room.ClosedAt >= before {
			return false, err
		}
		if err := s.markForErasure(ctx, room, now); err != nil {
			return false, err
		}
		return true, s.FinishErasure(ctx, room.ID, layout.EraseKey(room.Visitor.Token, room.ID))
	})
	return done, wrapError("erase old rooms", err)
}

// EraseOldAudit deletes the audit entries that are older than the given time.
func (s *Store) EraseOldAudit(ctx context.Context, before livechat.Time, budget retention.Budget) (retention.SweepResult, error) {
	done, err := s.sweepMonths(ctx, layout.AgedAudit.Shards, before, budget, func(ctx context.Context, key table.Key) (bool, error) {
		return true, s.table.Delete(ctx, key, "", nil, nil)
	})
	return done, wrapError("erase old audit entries", err)
}

// EraseOldSurveys deletes the final surveys of the days before the given day, with their
// comments and links. It keeps the figures of these days. It skips a day whose figures
// are not final yet or are to be recomputed.
func (s *Store) EraseOldSurveys(ctx context.Context, before string, budget retention.Budget) (retention.SweepResult, error) {
	var done retention.SweepResult
	err := s.eachFinalDay(ctx, before, func(day string) error {
		if done.Left {
			return nil
		}
		return s.EachClosed(ctx, day, func(rooms []string) error {
			return inParallel(ctx, rooms, budget, &done, s.eraseSurvey)
		})
	})
	return done, wrapError("erase old surveys", err)
}

// eachFinalDay calls f for each day before the given day whose figures are final.
func (s *Store) eachFinalDay(ctx context.Context, before string, f func(day string) error) error {
	stale, err := s.StaleDays(ctx)
	if err != nil {
		return err
	}
	states, err := s.DayStates(ctx, firstMonth, before)
	if err != nil {
		return err
	}
	for _, state := range states {
		isStale := slices.ContainsFunc(stale, func(d report.StaleDay) bool { return d.Day == state.Day })
		if state.Day >= before || isStale || state.At < state.OpenUntil {
			continue
		}
		if err := f(state.Day); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) eraseSurvey(ctx context.Context, rid string) (bool, error) {
	survey, err := s.Survey(ctx, rid)
	if err != nil || survey == nil || !survey.Final() {
		return false, err
	}
	keys := []table.Key{layout.CommentKey(survey.ClosedOn, survey.ClosedAt, rid)}
	for _, hash := range survey.Links {
		keys = append(keys, layout.LinkKey(hash))
	}
	// Delete the survey last, because the other keys are derived from the survey.
	if err := s.table.DeleteAll(ctx, keys); err != nil {
		return false, err
	}
	return true, table.AsConflict(
		s.table.Delete(ctx, layout.SurveyKey(rid), layout.IfUnchanged, nil, table.Values{":version": survey.Version}),
	)
}

// EraseIdleVisitors deletes the visitors without rooms whose profile has not changed
// since the given time. It continues where the previous run stopped. now returns the
// current time.
func (s *Store) EraseIdleVisitors(
	ctx context.Context,
	before livechat.Time,
	now func() livechat.Time,
	budget retention.Budget,
	audit func(livechat.Visitor) livechat.AuditEntry,
) (retention.SweepResult, error) {
	var done retention.SweepResult
	mark, err := s.retentionMark(ctx)
	if err != nil {
		return done, wrapError("erase idle visitors", err)
	}
	shard, from, _ := strings.Cut(mark, " ")
	for m := firstMonth; m <= layout.Month(before); m = layout.MonthAfter(m) {
		for _, list := range layout.AgedVisitors.Shards(m) {
			if list < shard {
				continue // an earlier run processed the list
			}
			last, err := s.sweepRange(ctx, list, from, before, budget, &done, func(ctx context.Context, key table.Key) (bool, error) {
				return s.eraseIdleVisitor(ctx, key, before, now(), audit)
			})
			if err == nil && done.Left {
				err = s.markRetention(ctx, list+" "+last)
			}
			if err != nil || done.Left {
				return done, wrapError("erase idle visitors", err)
			}
			from = ""
		}
	}
	return done, wrapError("erase idle visitors", s.markRetention(ctx, ""))
}

// eraseIdleVisitor deletes a visitor without rooms, like DeleteVisitor. A room can be
// opened and closed between the first check for rooms and the writing of the tombstone.
// Once the tombstone is written, no room can be opened, so eraseIdleVisitor checks again.
// If the visitor has a room, it removes the tombstone.
func (s *Store) eraseIdleVisitor(
	ctx context.Context, key table.Key, before, now livechat.Time, audit func(livechat.Visitor) livechat.AuditEntry,
) (bool, error) {
	item, err := s.table.Get(ctx, key)
	if err != nil || item == nil {
		return false, err
	}
	visitor, err := layout.DecodeVisitor(item)
	if err != nil || visitor.UpdatedAt >= before {
		return false, err
	}
	if has, err := s.hasRooms(ctx, visitor); err != nil || has {
		return false, err
	}
	err = s.putTombstone(ctx, visitor, now)
	if errors.Is(err, livechat.ErrRoomsStillOpen) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	has, err := s.hasRooms(ctx, visitor)
	if err == nil && !has {
		values := visitorValues(visitor)
		values[":version"] = visitor.Version
		if err = s.deleteProfile(ctx, visitor, audit(visitor), ifVisitor+" AND "+layout.IfUnchanged, values); err == nil {
			return true, nil
		}
	}
	if errors.Is(err, livechat.ErrInvalidToken) {
		err = nil // the visitor came back, or was deleted
	}
	return false, errors.Join(err, s.removeTombstone(ctx, visitor, now))
}

// hasRooms reports whether the visitor has an open room, closed rooms, or rooms that are
// being erased.
func (s *Store) hasRooms(ctx context.Context, v livechat.Visitor) (bool, error) {
	open, err := s.table.Get(ctx, layout.OpenKey(v.Token))
	if err != nil || layout.HasRoom(open) {
		return true, err
	}
	for _, prefix := range []string{layout.PrefixRoom, layout.PrefixErase} {
		page, err := s.table.QueryLatest(ctx, layout.AllBelow(layout.VisitorPartition(v.Token), prefix), 1, nil)
		if err != nil || len(page.Items) > 0 {
			return true, err
		}
	}
	return false, nil
}

// retentionMark returns the list and the position in it at which the last run over the
// visitors stopped, separated by a space. It returns an empty string if the last run
// finished.
func (s *Store) retentionMark(ctx context.Context) (string, error) {
	item, err := s.table.Get(ctx, layout.RetentionKey)
	return item.Text(fieldMark), err
}

func (s *Store) markRetention(ctx context.Context, at string) error {
	item, err := table.NewItem(layout.RetentionKey, struct{}{}, table.Values{fieldMark: at})
	if err != nil {
		return err
	}
	return s.table.Put(ctx, item, "", nil)
}

const fieldMark = "mark"

// removeTombstone removes the tombstone that this run put.
func (s *Store) removeTombstone(ctx context.Context, v livechat.Visitor, now livechat.Time) error {
	err := s.table.Delete(ctx, layout.OpenKey(v.Token), layout.FieldDeletedVisitor+" = :visitor AND expires = :expires", nil,
		table.Values{":visitor": v.ID, ":expires": layout.Seconds(now.Add(layout.TombstoneLife))})
	if _, gone := errors.AsType[*table.ConditionFailed](err); gone {
		return nil
	}
	return err
}

// sweepMonths calls f for the items that are older than the given time. It reads the
// lists that shards returns for each month.
func (s *Store) sweepMonths(
	ctx context.Context,
	shards func(month string) []string,
	before livechat.Time,
	budget retention.Budget,
	f func(context.Context, table.Key) (bool, error),
) (retention.SweepResult, error) {
	var done retention.SweepResult
	for m := firstMonth; m <= layout.Month(before); m = layout.MonthAfter(m) {
		for _, list := range shards(m) {
			if done.Left {
				return done, nil
			}
			if _, err := s.sweepRange(ctx, list, "", before, budget, &done, f); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

// sweepRange calls f in parallel for the list's items between from and before, until the
// budget is used up. It returns the position from which the next run continues.
func (s *Store) sweepRange(
	ctx context.Context, list, from string, before livechat.Time, budget retention.Budget, done *retention.SweepResult,
	f func(context.Context, table.Key) (bool, error),
) (string, error) {
	keyRange := table.Range{Index: layout.TimeIndex, PK: layout.TimeIndexPK, SK: layout.TimeIndexSK,
		Value: list, From: from, To: before.String()}
	for page := (table.Page{}); ; {
		var err error
		if page, err = s.table.QueryRange(ctx, keyRange, table.MaxKeys, page.Next); err != nil {
			return from, err
		}
		if err := inParallel(ctx, page.Keys(), budget, done, f); err != nil {
			return from, err
		}
		if page.Next == nil || done.Left {
			return from, nil
		}
		from = page.Next.Text(layout.TimeIndexSK)
	}
}

func wrapError(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}

// inParallel calls f for each element until the budget is used up. If f fails for an
// element, the other elements are still processed, unless the database is unavailable.
func inParallel[T any](
	ctx context.Context,
	all []T,
	budget retention.Budget,
	done *retention.SweepResult,
	f func(context.Context, T) (bool, error),
) error {
	var did, failed atomic.Int64
	work, working := errgroup.WithContext(ctx)
	work.SetLimit(erasedAtOnce)
	for _, one := range all {
		if !budget() {
			done.Left = true
			break
		}
		work.Go(func() error {
			erased, err := f(working, one)
			switch apiError, known := errors.AsType[*livechat.Error](err); {
			case errors.Is(err, livechat.ErrConflict):
			case known && apiError.Kind == livechat.Unavailable:
				return err
			case err != nil:
				failed.Add(1)
				slog.ErrorContext(ctx, "could not erase old data; the next run retries", "error", err)
			case erased:
				did.Add(1)
			}
			return nil
		})
	}
	err := work.Wait()
	done.Done += int(did.Load())
	done.Failed += int(failed.Load())
	return err
}
