package store

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
	"livechat/shared/survey/report"
)

// firstMonth is the first month that retention reads. No stored data is older.
const firstMonth = "2010-01"

// maxParallelErasures limits how many old items are processed in parallel.
const maxParallelErasures = 8

// errKept means that an item was not erased, because it is still needed or no longer
// exists.
var errKept = errors.New("the item is kept")

// FinishErasures finishes interrupted erasures of rooms that began before sweep.Before.
func (s *Store) FinishErasures(ctx context.Context, sweep retention.Sweep) (retention.SweepResult, error) {
	return eraseEach(ctx, sweep, s.indexed(oldRange(layout.ListErasures, sweep)), s.finishErasure)
}

func (s *Store) finishErasure(ctx context.Context, note table.Item, _ retention.Sweep) error {
	return s.FinishErasure(ctx, note.Key())
}

// EraseOldRooms erases the rooms that were closed before sweep.Before, with all their
// data. It skips a room that changes concurrently.
func (s *Store) EraseOldRooms(ctx context.Context, sweep retention.Sweep) (retention.SweepResult, error) {
	return eraseEach(ctx, sweep, s.indexed(oldRanges(layout.ClosedShards, sweep)...), s.eraseOldRoom)
}

func (s *Store) eraseOldRoom(ctx context.Context, indexed table.Item, sweep retention.Sweep) error {
	key := indexed.Key()
	item, err := s.table.Get(ctx, key)
	if err != nil || item == nil || key.SK == layout.SortOpen { // the last is an open room's key
		return cmp.Or(err, errKept)
	}
	room, err := layout.DecodeRoom(item)
	if err != nil || room.Open || room.ClosedAt >= sweep.Before {
		return cmp.Or(err, errKept)
	}
	if err := s.markForErasure(ctx, room, sweep.Now()); err != nil {
		return err
	}
	return s.FinishErasure(ctx, layout.EraseKey(room.Visitor.Token, room.ID))
}

// EraseOldAudit deletes the audit entries that are older than sweep.Before.
func (s *Store) EraseOldAudit(ctx context.Context, sweep retention.Sweep) (retention.SweepResult, error) {
	return eraseEach(ctx, sweep, s.indexed(oldRanges(layout.AgedAudit.Shards, sweep)...), s.deleteIndexed)
}

func (s *Store) deleteIndexed(ctx context.Context, indexed table.Item, _ retention.Sweep) error {
	return s.table.Delete(ctx, indexed.Key(), "", nil, nil)
}

// EraseOldSurveys deletes the final surveys of the days that were over before
// sweep.Before, with their comments and links. It keeps the figures of these days. It
// skips a day whose figures are not final yet or are to be recomputed.
func (s *Store) EraseOldSurveys(ctx context.Context, sweep retention.Sweep) (retention.SweepResult, error) {
	rooms := func(ctx context.Context, visit func(rid string) error) error {
		// At sweep.Before, the previous day may not be over in every time zone, but the day
		// before that is.
		days, err := s.finalDays(ctx, report.DaysBefore(sweep.Before.String()[:len(time.DateOnly)], 2))
		for _, day := range days {
			err = s.EachClosed(ctx, day, func(rooms []string) error { return visitAll(rooms, visit) })
			if err != nil {
				break
			}
		}
		return err
	}
	return eraseEach(ctx, sweep, rooms, s.eraseSurvey)
}

// finalDays returns the days up to the given day whose figures are final.
func (s *Store) finalDays(ctx context.Context, last string) ([]string, error) {
	stale, err := s.StaleDays(ctx)
	if err != nil {
		return nil, err
	}
	states, err := s.DayStates(ctx, firstMonth, last)
	if err != nil {
		return nil, err
	}
	var days []string
	for _, state := range states {
		isStale := slices.ContainsFunc(stale, func(d report.StaleDay) bool { return d.Day == state.Day })
		if isFinal := state.CountedAt >= state.OpenUntil; isFinal && !isStale {
			days = append(days, state.Day)
		}
	}
	return days, nil
}

func (s *Store) eraseSurvey(ctx context.Context, rid string, _ retention.Sweep) error {
	survey, err := s.Survey(ctx, rid)
	if err != nil || survey == nil || !survey.Final() {
		return cmp.Or(err, errKept)
	}
	// Delete the survey last, because the other keys are derived from the survey.
	if err := s.deleteCommentAndLinks(ctx, *survey); err != nil {
		return err
	}
	return table.AsConflict(
		s.table.Delete(ctx, layout.SurveyKey(rid), layout.IfUnchanged, nil, table.Values{":version": survey.Version}),
	)
}

// EraseIdleVisitors deletes the visitors without rooms whose profile has not changed
// since sweep.Before. It continues where the previous run stopped.
func (s *Store) EraseIdleVisitors(ctx context.Context, sweep retention.Sweep) (retention.SweepResult, error) {
	mark, err := s.retentionPosition(ctx)
	if err != nil {
		return retention.SweepResult{}, err
	}
	list, position, _ := strings.Cut(mark, " ")
	ranges := slices.DeleteFunc(oldRanges(layout.AgedVisitors.Shards, sweep), func(r table.Range) bool { return r.Value < list })
	if len(ranges) > 0 && ranges[0].Value == list {
		ranges[0].From = position
	}
	var last table.Item
	visitors := func(ctx context.Context, visit func(table.Item) error) error {
		return s.indexed(ranges...)(ctx, func(item table.Item) error {
			last = item
			return visit(item)
		})
	}
	result, err := eraseEach(ctx, sweep, visitors, s.eraseIdleVisitor)
	if err != nil {
		return result, err
	}
	mark = ""
	if result.Left {
		mark = last.Text(layout.TimeIndexPK) + " " + last.Text(layout.TimeIndexSK)
	}
	return result, s.saveRetentionPosition(ctx, mark)
}

// eraseIdleVisitor deletes a visitor without rooms, like DeleteVisitor. A room can be
// opened and closed between the first check for rooms and the writing of the tombstone.
// Once the tombstone is written, no room can be opened, so eraseIdleVisitor checks again.
// If it keeps the visitor, it removes the tombstone.
func (s *Store) eraseIdleVisitor(ctx context.Context, indexed table.Item, sweep retention.Sweep) error {
	item, err := s.table.Get(ctx, indexed.Key())
	if err != nil || item == nil {
		return cmp.Or(err, errKept)
	}
	visitor, err := layout.DecodeVisitor(item)
	if err != nil || visitor.UpdatedAt >= sweep.Before {
		return cmp.Or(err, errKept)
	}
	if err := s.keepIfRooms(ctx, visitor); err != nil {
		return err
	}
	now := sweep.Now()
	err = s.putTombstone(ctx, visitor, now)
	if errors.Is(err, livechat.ErrRoomsStillOpen) {
		return errKept
	}
	if err != nil {
		return err
	}
	if err = s.keepIfRooms(ctx, visitor); err == nil {
		values := sameVisitorValues(visitor)
		values[":version"] = visitor.Version
		err = s.deleteProfile(ctx, visitor, sweep.Audit(visitor), ifSameVisitor+" AND "+layout.IfUnchanged, values)
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, livechat.ErrInvalidToken) {
		err = errKept // the visitor came back, or was deleted
	}
	return cmp.Or(s.removeTombstone(ctx, visitor, now), err)
}

// keepIfRooms returns errKept if the visitor has an open room, closed rooms, or rooms that
// are being erased.
func (s *Store) keepIfRooms(ctx context.Context, v livechat.Visitor) error {
	open, err := s.table.Get(ctx, layout.OpenKey(v.Token))
	if err != nil || layout.HasRoom(open) {
		return cmp.Or(err, errKept)
	}
	for _, prefix := range []string{layout.PrefixRoom, layout.PrefixErase} {
		page, err := s.table.QueryLatest(ctx, layout.AllBelow(layout.VisitorPartition(v.Token), prefix), 1, nil)
		if err != nil || len(page.Items) > 0 {
			return cmp.Or(err, errKept)
		}
	}
	return nil
}

// retentionPosition returns where the last run over the visitors stopped: the index key of
// a list, a space, and the position in that list. It returns an empty string if the last
// run finished.
func (s *Store) retentionPosition(ctx context.Context) (string, error) {
	item, err := s.table.Get(ctx, layout.RetentionKey)
	return item.Text(fieldMark), err
}

func (s *Store) saveRetentionPosition(ctx context.Context, at string) error {
	item, err := table.NewItem(layout.RetentionKey, struct{}{}, table.Values{fieldMark: at})
	if err != nil {
		return err
	}
	return s.table.Put(ctx, item, "", nil)
}

const fieldMark = "mark"

// removeTombstone removes the visitor's tombstone if it is the one that this run has put
// at the time now.
func (s *Store) removeTombstone(ctx context.Context, v livechat.Visitor, now livechat.Time) error {
	err := s.table.Delete(ctx, layout.OpenKey(v.Token), layout.FieldDeletedVisitor+" = :visitor AND expires = :expires", nil,
		table.Values{":visitor": v.ID, ":expires": layout.Seconds(now.Add(layout.TombstoneLife))})
	if _, gone := errors.AsType[*table.ConditionFailed](err); gone {
		return nil
	}
	return err
}

// oldRanges returns the ranges of the time index that hold the items older than
// sweep.Before. shards returns the index keys of a month.
func oldRanges(shards func(month string) []string, sweep retention.Sweep) []table.Range {
	var ranges []table.Range
	for month := firstMonth; month <= layout.Month(sweep.Before); month = layout.MonthAfter(month) {
		for _, list := range shards(month) {
			ranges = append(ranges, oldRange(list, sweep))
		}
	}
	return ranges
}

func oldRange(list string, sweep retention.Sweep) table.Range {
	return table.Range{
		Index: layout.TimeIndex, PK: layout.TimeIndexPK, SK: layout.TimeIndexSK, Value: list, To: sweep.Before.String(),
	}
}

// iterator reads items and calls visit for each of them, until visit fails.
type iterator[T any] = func(ctx context.Context, visit func(T) error) error

// indexed reads the index items in the ranges, page by page.
func (s *Store) indexed(ranges ...table.Range) iterator[table.Item] {
	return func(ctx context.Context, visit func(table.Item) error) error {
		for _, r := range ranges {
			for page := (table.Page{}); ; {
				var err error
				if page, err = s.table.QueryRange(ctx, r, table.MaxKeys, page.Next); err != nil {
					return err
				}
				if err := visitAll(page.Items, visit); err != nil {
					return err
				}
				if page.Next == nil {
					break
				}
			}
		}
		return nil
	}
}

func visitAll[T any](items []T, visit func(T) error) error {
	for _, item := range items {
		if err := visit(item); err != nil {
			return err
		}
	}
	return nil
}

// errBudgetUsed ends the reading of items when sweep.More returns false.
var errBudgetUsed = errors.New("the run's budget is used up")

// eraseEach calls erase in parallel for each of the items, until sweep.More returns false.
// If erase fails for an item, the other items are still processed, unless the database is
// unavailable. An item for which erase returns errKept or livechat.ErrConflict counts
// neither as erased nor as failed.
func eraseEach[T any](
	ctx context.Context, sweep retention.Sweep, items iterator[T], erase func(context.Context, T, retention.Sweep) error,
) (retention.SweepResult, error) {
	var erased, failed atomic.Int64
	erasures, erasureCtx := errgroup.WithContext(ctx)
	erasures.SetLimit(maxParallelErasures)
	err := items(ctx, func(item T) error {
		if !sweep.More() {
			return errBudgetUsed
		}
		erasures.Go(func() error {
			err := erase(erasureCtx, item, sweep)
			switch apiError, known := errors.AsType[*livechat.Error](err); {
			case err == nil:
				erased.Add(1)
			case errors.Is(err, errKept), errors.Is(err, livechat.ErrConflict):
			case known && apiError.Kind == livechat.Unavailable:
				return err
			default:
				failed.Add(1)
				slog.ErrorContext(ctx, "could not erase old data; the next run retries", "error", err)
			}
			return nil
		})
		return erasureCtx.Err()
	})
	left := errors.Is(err, errBudgetUsed)
	if left {
		err = nil
	}
	err = cmp.Or(erasures.Wait(), err)
	return retention.SweepResult{Done: int(erased.Load()), Failed: int(failed.Load()), Left: left}, err
}
