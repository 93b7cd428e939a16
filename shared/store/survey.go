package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// AnswerSurvey changes the answers of a visitor's room, open or closed, and
// returns the room as it then is. It reads the room and its survey, has answer
// say what becomes of the room, and writes the room, its survey and the entry of
// its history together; it does all of that again when somebody else was faster.
//
// It fails with [livechat.ErrInvalidToken] when the token is nobody's, with
// [livechat.ErrInvalidRoom] when the visitor has no such room, and with
// whatever answer fails with.
func (s *Store) AnswerSurvey(
	ctx context.Context, token, rid string,
	answer func(livechat.Room) (livechat.Room, livechat.AnswerEntry, error),
) (livechat.Room, error) {
	var answered livechat.Room
	err := untilUnchanged(ctx, func() error {
		seen, err := s.visitorsRoom(ctx, token, rid, layout.SurveyKey(rid))
		if err != nil {
			return err
		}
		survey, err := s.surveyOf(ctx, seen.Room, seen.beside)
		if err != nil {
			return err
		}
		next, entry, err := answer(seen.Room)
		if err != nil {
			return err
		}
		answered = next
		return s.saveAnswers(ctx, next, survey, entry)
	})
	if err != nil {
		return livechat.Room{}, fmt.Errorf("answer survey: %w", err)
	}
	return answered, nil
}

// visitorsRoom reads the visitor's room and what is wanted beside it, under keys
// that are known, in one round trip. A room that is not found is looked for once
// more: a batch is no snapshot, and while the room is being closed it can be read
// as gone from its one place and not yet come to the other.
func (s *Store) visitorsRoom(ctx context.Context, token, rid string, beside ...table.Key) (seenRoom, error) {
	seen, err := s.readVisitorsRoom(ctx, token, rid, beside)
	if errors.Is(err, livechat.ErrInvalidRoom) && livechat.CanBeID(rid) {
		return s.readVisitorsRoom(ctx, token, rid, beside)
	}
	return seen, err
}

// seenRoom is a room as it was read.
type seenRoom struct {
	livechat.Room
	// item is the room's own.
	item table.Item
	// beside are the items that were read in the same round trip.
	beside map[table.Key]table.Item
}

func (s *Store) readVisitorsRoom(ctx context.Context, token, rid string, beside []table.Key) (seenRoom, error) {
	profile, open, closed := layout.ProfileKey(token), layout.OpenKey(token), layout.ClosedKey(token, rid)
	keys := append([]table.Key{profile, open, closed}, beside...)
	if !livechat.CanBeID(rid) {
		keys = keys[:1] // that the token is nobody's is said first
	}
	items, err := s.table.BatchGet(ctx, keys...)
	if err != nil {
		return seenRoom{}, err
	}
	if items[profile] == nil {
		return seenRoom{}, livechat.ErrInvalidToken
	}
	for _, key := range []table.Key{open, closed} {
		if !layout.HasRoom(items[key]) {
			continue
		}
		room, err := layout.DecodeRoom(items[key])
		if err != nil {
			return seenRoom{}, err
		}
		if room.ID == rid {
			return seenRoom{room, items[key], items}, nil
		}
	}
	return seenRoom{}, livechat.ErrInvalidRoom
}

// surveyOf returns the survey of a room that was read with its survey beside it;
// nil when it has none.
func (s *Store) surveyOf(ctx context.Context, room livechat.Room, beside map[table.Key]table.Item) (*livechat.Survey, error) {
	key := layout.SurveyKey(room.ID)
	if beside[key] == nil && !room.Open {
		// A batch is no snapshot: the closing can have come between the two.
		again, err := s.table.BatchGet(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("survey of the room: %w", err)
		}
		beside = again
	}
	return surveyIn(beside[key])
}

// surveyIn returns the item's survey; nil when there is no item.
func surveyIn(item table.Item) (*livechat.Survey, error) {
	if item == nil {
		return nil, nil
	}
	survey, err := layout.DecodeSurvey(item)
	return &survey, err
}

func (s *Store) saveAnswers(ctx context.Context, room livechat.Room, survey *livechat.Survey, entry livechat.AnswerEntry) error {
	if crowded(room) {
		return s.settle(ctx, room)
	}
	writes, err := layout.ReplaceRoom(room)
	if err != nil {
		return err
	}
	entryItem, err := layout.AnswerItem(entry)
	if err != nil {
		return err
	}
	writes = append(writes, table.Write{Put: entryItem})
	if survey != nil {
		scored, err := scoreWrites(survey.Answer(entry, room.SurveyFeedback), room.SurveyFeedback, entry.Ts)
		if err != nil {
			return err
		}
		writes = append(writes, scored...)
	}
	err = s.table.Transact(ctx, writes...)
	return changedIfLost(err)
}

// scoreWrites are those of an answered survey, beside the room's.
func scoreWrites(survey livechat.Survey, all livechat.Answers, now livechat.Time) ([]table.Write, error) {
	writes, err := surveyWrites(survey, all)
	if err != nil {
		return nil, err
	}
	if now >= survey.ExpiresAt {
		// The day's figures were final.
		stale, err := layout.StaleItem(survey.ClosedOn)
		if err != nil {
			return nil, err
		}
		writes = append(writes, table.Write{Put: stale})
	}
	return writes, nil
}

// surveyWrites are those of a survey whose room has other answers now, and of what
// the reports show of their texts.
func surveyWrites(survey livechat.Survey, all livechat.Answers) ([]table.Write, error) {
	write, err := layout.ReplaceSurvey(survey)
	if err != nil {
		return nil, err
	}
	comment, err := layout.CommentWrite(survey, all)
	if err != nil {
		return nil, err
	}
	if comment == nil {
		// The answers before may have had one.
		key := layout.CommentKey(survey.ClosedOn, survey.ClosedAt, survey.RoomID)
		comment = []table.Write{{Delete: &key}}
	}
	return append([]table.Write{write}, comment...), nil
}

// AnswerHistory returns every accepted call of the room's survey, oldest first.
func (s *Store) AnswerHistory(ctx context.Context, rid string) ([]livechat.AnswerEntry, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.AnswersPartition(rid)})
	if err != nil {
		return nil, fmt.Errorf("answer history: %w", err)
	}
	return decodeAll[livechat.AnswerEntry](items)
}

func decodeAll[T any](items []table.Item) ([]T, error) {
	documents := make([]T, len(items))
	for i, item := range items {
		if err := item.Decode(&documents[i]); err != nil {
			return nil, err
		}
	}
	return documents, nil
}
