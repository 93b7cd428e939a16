package store

import (
	"context"
	"errors"

	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// EraseOldAnswers deletes the entries of answer histories that were written before the
// given time. It also deletes all copies of the free texts from before the given time,
// but keeps ratings. It keeps the data of an open room until the room is closed.
func (s *Store) EraseOldAnswers(ctx context.Context, before livechat.Time, more retention.Budget) (retention.SweepResult, error) {
	done, err := s.sweepMonths(ctx, layout.AgedAnswers.Shards, before, more, func(ctx context.Context, key table.Key) (bool, error) {
		return s.eraseAnswer(ctx, key, before)
	})
	if err != nil || done.Left {
		return done, wrapError("erase old answers", err)
	}
	// Imported texts have no answer history. Find them by their comments.
	for m := firstMonth; m <= layout.Month(before); m = layout.MonthAfter(m) {
		var rooms []string
		err := s.table.Each(ctx, table.Partition{PK: layout.CommentsPartition(m)}, func(item table.Item) error {
			var c livechat.Comment
			if err := item.Decode(&c); err != nil {
				return err
			}
			if max(c.AnsweredAt, c.ClosedAt) < before {
				rooms = append(rooms, c.RoomID)
			}
			return nil
		})
		if err == nil {
			err = inParallel(ctx, rooms, more, &done, func(ctx context.Context, rid string) (bool, error) {
				return s.eraseTexts(ctx, rid, before)
			})
		}
		if err != nil || done.Left {
			return done, wrapError("erase old answers", err)
		}
	}
	return done, nil
}

// eraseAnswer deletes an entry of an answer history and the room's old free texts. It
// deletes the entry last, so that the next run can resume an interrupted deletion.
func (s *Store) eraseAnswer(ctx context.Context, key table.Key, before livechat.Time) (bool, error) {
	item, err := s.table.Get(ctx, key)
	if err != nil || item == nil {
		return false, err
	}
	var entry livechat.AnswerEntry
	if err := item.Decode(&entry); err != nil {
		return false, err
	}
	if _, err := s.eraseTexts(ctx, entry.RoomID, before); errors.Is(err, errRoomOpen) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, s.table.Delete(ctx, key, "", nil, nil)
}

var errRoomOpen = errors.New("the room is open")

// eraseTexts deletes from a closed room and its survey the free texts that the visitor
// has not sent again since the given time. It reports whether it deleted any.
func (s *Store) eraseTexts(ctx context.Context, rid string, before livechat.Time) (bool, error) {
	erased := false
	err := table.RetryConflicts(ctx, func() error {
		seen, err := s.RoomByID(ctx, rid)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil
		}
		if err != nil {
			return err
		}
		if seen.Open {
			return errRoomOpen
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
		room, without := seen.WithoutTexts(survey, history, before)
		if len(room.SurveyFeedback) == len(seen.SurveyFeedback) {
			return nil
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
		erased = true
		return s.saveRoom(ctx, seen, update{livechat.Change{Room: room}, writes})
	})
	return erased, err
}
