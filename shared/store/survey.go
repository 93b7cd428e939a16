package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
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
		room, survey, err := s.visitorsRoom(ctx, token, rid)
		if err != nil {
			return err
		}
		next, entry, err := answer(room)
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

// visitorsRoom reads profile, room and, if there is one, the room's survey in
// one round trip. A room that is not found is looked for once more: a batch is
// no snapshot, and while the room is being closed it can be read as gone from its
// one place and not yet come to the other.
func (s *Store) visitorsRoom(ctx context.Context, token, rid string) (livechat.Room, *livechat.Survey, error) {
	room, survey, err := s.readVisitorsRoom(ctx, token, rid)
	if errors.Is(err, livechat.ErrInvalidRoom) && livechat.CanBeID(rid) {
		return s.readVisitorsRoom(ctx, token, rid)
	}
	return room, survey, err
}

func (s *Store) readVisitorsRoom(ctx context.Context, token, rid string) (livechat.Room, *livechat.Survey, error) {
	profile, open, closed, survey := profileKey(token), openKey(token), closedKey(token, rid), surveyKey(rid)
	items, err := s.table.BatchGet(ctx, profile, open, closed, survey)
	if err != nil {
		return livechat.Room{}, nil, err
	}
	if items[profile] == nil {
		return livechat.Room{}, nil, livechat.ErrInvalidToken
	}
	for _, key := range []table.Key{open, closed} {
		if items[key] == nil || isTombstone(items[key]) {
			continue
		}
		room, err := decodeRoom(items[key])
		if err != nil {
			return livechat.Room{}, nil, err
		}
		if room.ID != rid {
			continue
		}
		if items[survey] == nil && !room.Open {
			// As above: it can have come between the two.
			asked, err := s.Survey(ctx, rid)
			return room, asked, err
		}
		asked, err := surveyIn(items[survey])
		return room, asked, err
	}
	return livechat.Room{}, nil, livechat.ErrInvalidRoom
}

// surveyIn returns the item's survey; nil when there is no item.
func surveyIn(item table.Item) (*livechat.Survey, error) {
	if item == nil {
		return nil, nil
	}
	survey, err := decodeSurvey(item)
	return &survey, err
}

func (s *Store) saveAnswers(ctx context.Context, room livechat.Room, survey *livechat.Survey, entry livechat.AnswerEntry) error {
	write, err := replaceRoom(room)
	if err != nil {
		return err
	}
	entryItem, err := table.NewItem(answerKey(entry), entry, nil)
	if err != nil {
		return err
	}
	writes := []table.Write{write, {Put: entryItem}}
	if survey != nil {
		scored, err := scoreWrites(survey.Answer(entry, room.SurveyFeedback), room.SurveyFeedback, entry.Ts)
		if err != nil {
			return err
		}
		writes = append(writes, scored...)
	}
	err = s.table.Transact(ctx, writes...)
	if _, lost := errors.AsType[*table.ConditionFailed](err); lost {
		return errChanged
	}
	return err
}

// scoreWrites are those of an answered survey, beside the room's.
func scoreWrites(survey livechat.Survey, all livechat.Answers, now livechat.Time) ([]table.Write, error) {
	write, err := replaceSurvey(survey)
	if err != nil {
		return nil, err
	}
	writes := []table.Write{write}
	comment, err := commentWrite(survey, all)
	if err != nil {
		return nil, err
	}
	if comment == nil {
		// Answers that were replaced may have had one.
		key := commentKey(survey.ClosedOn, survey.ClosedAt, survey.RoomID)
		comment = []table.Write{{Delete: &key}}
	}
	writes = append(writes, comment...)
	if now >= survey.ExpiresAt {
		// The day's figures were final.
		stale, err := staleItem(survey.ClosedOn)
		if err != nil {
			return nil, err
		}
		writes = append(writes, table.Write{Put: stale})
	}
	return writes, nil
}

// AnswerHistory returns every accepted call of the room's survey, oldest first.
func (s *Store) AnswerHistory(ctx context.Context, rid string) ([]livechat.AnswerEntry, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: answersPartition(rid)})
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
