package store

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// AnswerSurvey applies answer to the visitor's room, open or closed, and returns the
// answered room. It writes the room, the survey and a new entry of the answer history in
// one transaction.
//
// It fails with [livechat.ErrInvalidToken], [livechat.ErrInvalidRoom] or answer's error.
func (s *Store) AnswerSurvey(
	ctx context.Context, token, rid string,
	answer func(livechat.Room) (livechat.Room, livechat.AnswerEntry, error),
) (livechat.Room, error) {
	answered, err := s.answerRoom(ctx,
		func() (livechat.Room, *livechat.Survey, error) { return s.surveyedRoom(ctx, token, rid) },
		func(room livechat.Room, _ *livechat.Survey) (livechat.Room, livechat.AnswerEntry, error) {
			return answer(room)
		})
	if err != nil {
		return livechat.Room{}, fmt.Errorf("answer survey: %w", err)
	}
	return answered, nil
}

func (s *Store) answerRoom(
	ctx context.Context, read func() (livechat.Room, *livechat.Survey, error),
	answer func(livechat.Room, *livechat.Survey) (livechat.Room, livechat.AnswerEntry, error),
) (livechat.Room, error) {
	var survey *livechat.Survey
	answered, err := s.updateRoom(ctx,
		func() (room livechat.Room, err error) {
			if room, survey, err = read(); err != nil {
				return room, err
			}
			return s.WithLongAnswers(ctx, room)
		},
		func(room livechat.Room) (update, error) {
			next, entry, err := answer(room, survey)
			if err != nil {
				return update{}, err
			}
			also, err := answerWrites(room, next, survey, entry)
			return update{livechat.Change{Room: next}, also}, err
		})
	return answered.Room, err
}

// surveyedRoom reads a room of the visitor, open or closed, and its survey, usually in
// one round trip. The survey is nil if the room has none.
func (s *Store) surveyedRoom(ctx context.Context, token, rid string) (livechat.Room, *livechat.Survey, error) {
	closedKey, surveyKey := layout.ClosedKey(token, rid), layout.SurveyKey(rid)
	var visitor livechat.Visitor
	var open *livechat.Room
	var items map[table.Key]table.Item
	reading, both := errgroup.WithContext(ctx)
	reading.Go(func() (err error) {
		visitor, open, err = s.VisitorByToken(both, token)
		return err
	})
	if livechat.CanBeID(rid) {
		// An eventually consistent read suffices: if it is outdated, the condition of the
		// later write fails.
		reading.Go(func() (err error) {
			items, err = s.table.BatchGetEventually(both, closedKey, surveyKey)
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		return livechat.Room{}, nil, err
	}
	if open != nil && open.ID == rid {
		return *open, nil, nil
	}
	missing := items[closedKey] == nil || items[surveyKey] == nil
	if missing && (items[closedKey] != nil || visitor.LastEndedID == rid) {
		var err error // the room may just have been closed
		if items, err = s.table.BatchGet(ctx, closedKey, surveyKey); err != nil {
			return livechat.Room{}, nil, err
		}
	}
	if items[closedKey] == nil {
		return livechat.Room{}, nil, livechat.ErrInvalidRoom
	}
	room, err := layout.DecodeRoom(items[closedKey])
	if err != nil {
		return livechat.Room{}, nil, err
	}
	survey, err := layout.DecodeOptionalSurvey(items[surveyKey])
	return room, survey, err
}

// WithLongAnswers returns the room with its full answers. The room's own item holds only
// the beginning of a long answer.
func (s *Store) WithLongAnswers(ctx context.Context, room livechat.Room) (livechat.Room, error) {
	if len(room.LongAnswers) == 0 {
		return room, nil
	}
	item, err := s.table.Get(ctx, layout.LongAnswersKey(room.ID))
	if err != nil {
		return room, fmt.Errorf("long answers: %w", err)
	}
	return layout.WithLongAnswers(room, item)
}

// answerWrites returns the writes that store an answer in addition to the room's write.
func answerWrites(was, room livechat.Room, survey *livechat.Survey, entry livechat.AnswerEntry) ([]table.Write, error) {
	writes, err := layout.LongAnswersWrites(was, room)
	if err != nil {
		return nil, err
	}
	item, err := layout.AnswerItem(entry)
	if err != nil {
		return nil, err
	}
	writes = append(writes, table.Write{Put: item})
	if survey == nil {
		return writes, nil
	}
	scored, err := surveyWrites(*survey, was.SurveyFeedback, survey.Answer(entry, room.SurveyFeedback), room.SurveyFeedback)
	if err != nil {
		return nil, err
	}
	writes = append(writes, scored...)
	if entry.Ts >= survey.ExpiresAt {
		// The survey has expired, so the report figures of its day were already final.
		// Have them recomputed.
		stale, err := layout.StaleDayItem(survey.ClosedOn)
		return append(writes, table.Write{Put: stale}), err
	}
	return writes, nil
}

// surveyWrites returns the writes that follow a change of a room's answers: they replace
// its survey, and store or delete the comment shown in reports.
func surveyWrites(was livechat.Survey, before livechat.Answers, next livechat.Survey, all livechat.Answers) ([]table.Write, error) {
	write, err := layout.ReplaceSurvey(next)
	if err != nil {
		return nil, err
	}
	comment, err := layout.CommentWrite(next, all)
	if err != nil {
		return nil, err
	}
	if comment == nil && was.Comment(before) != nil {
		key := layout.CommentKey(was.ClosedOn, was.ClosedAt, was.RoomID)
		comment = []table.Write{{Delete: &key}}
	}
	return append([]table.Write{write}, comment...), nil
}

// AnswerHistory returns an entry for each accepted call that answered the room's survey,
// oldest first.
func (s *Store) AnswerHistory(ctx context.Context, rid string) ([]livechat.AnswerEntry, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.AnswersPartition(rid), From: "0", To: "A"})
	if err != nil {
		return nil, fmt.Errorf("answer history: %w", err)
	}
	return table.DecodeAll[livechat.AnswerEntry](items)
}
