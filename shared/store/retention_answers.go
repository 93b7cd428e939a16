package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// EraseOldAnswers deletes the entries of answer histories that were written before
// sweep.Before. It also deletes all copies of the free texts that were sent before that
// time, but keeps ratings. It keeps the data of an open room until the room is closed.
func (s *Store) EraseOldAnswers(ctx context.Context, sweep retention.Sweep) (retention.SweepResult, error) {
	entries, err := eraseEach(ctx, sweep, s.indexed(oldRanges(layout.AgedAnswers.Shards, sweep)...), s.eraseAnswer)
	if err != nil || entries.Left {
		return entries, err
	}
	// Imported texts have no answer history. Find them by their comments.
	rooms := func(ctx context.Context, visit func(rid string) error) error {
		return s.eachCommentedRoom(ctx, sweep.Before, visit)
	}
	texts, err := eraseEach(ctx, sweep, rooms, s.eraseTexts)
	texts.Done += entries.Done
	texts.Failed += entries.Failed
	return texts, err
}

// eachCommentedRoom calls visit for each room whose comment is older than the given time.
func (s *Store) eachCommentedRoom(ctx context.Context, before livechat.Time, visit func(rid string) error) error {
	for month := firstMonth; month <= layout.Month(before); month = layout.MonthAfter(month) {
		err := s.table.Each(ctx, table.Partition{PK: layout.CommentsPartition(month)}, func(item table.Item) error {
			var c livechat.Comment
			if err := item.Decode(&c); err != nil || max(c.AnsweredAt, c.ClosedAt) >= before {
				return err
			}
			return visit(c.RoomID)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseAnswer deletes an entry of an answer history and the room's old free texts. It
// deletes the entry last, so that the next run can resume an interrupted deletion.
func (s *Store) eraseAnswer(ctx context.Context, indexed table.Item, sweep retention.Sweep) error {
	item, err := s.table.Get(ctx, indexed.Key())
	if err != nil || item == nil {
		return cmp.Or(err, errKept)
	}
	var entry livechat.AnswerEntry
	if err := item.Decode(&entry); err != nil {
		return err
	}
	if err := s.eraseTexts(ctx, entry.RoomID, sweep); err != nil && !errors.Is(err, errNoOldTexts) {
		return err
	}
	return s.deleteIndexed(ctx, indexed, sweep)
}

var errNoOldTexts = fmt.Errorf("%w: the room has no old texts", errKept)

// eraseTexts deletes from a closed room and its survey the free texts that the visitor
// has not sent again since sweep.Before. It fails with errNoOldTexts if no such text
// exists, and with errKept if the room is open.
func (s *Store) eraseTexts(ctx context.Context, rid string, sweep retention.Sweep) error {
	return table.RetryConflicts(ctx, func() error {
		seen, err := s.RoomByID(ctx, rid)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return errNoOldTexts
		}
		if err != nil {
			return err
		}
		if seen.Open {
			return errKept
		}
		if seen, err = s.WithLongAnswers(ctx, seen); err != nil {
			return err
		}
		survey, err := s.Survey(ctx, rid)
		if err != nil {
			return err
		}
		history, err := s.AnswerHistory(ctx, rid)
		if err != nil {
			return err
		}
		room, without := seen.WithoutTexts(survey, history, sweep.Before)
		if len(room.SurveyFeedback) == len(seen.SurveyFeedback) {
			return errNoOldTexts
		}
		writes, err := layout.LongAnswersWrites(seen, room)
		if err != nil {
			return err
		}
		if survey != nil {
			scored, err := surveyWrites(*survey, seen.SurveyFeedback, *without, room.SurveyFeedback)
			if err != nil {
				return err
			}
			writes = append(writes, scored...)
		}
		return s.saveRoom(ctx, seen, update{livechat.Change{Room: room}, writes})
	})
}
