package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// AnswerSurvey changes the answers of a visitor's room, open or closed, and
// returns the room as it then is. It reads the room, has answer say what
// becomes of it, and writes the room and the entry of its history together; it
// does all of that again when somebody else was faster.
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
		room, err := s.visitorsRoom(ctx, token, rid)
		if err != nil {
			return err
		}
		next, entry, err := answer(room)
		if err != nil {
			return err
		}
		answered = next
		return s.saveAnswers(ctx, next, entry)
	})
	if err != nil {
		return livechat.Room{}, fmt.Errorf("answer survey: %w", err)
	}
	return answered, nil
}

// visitorsRoom reads profile and room in one round trip.
func (s *Store) visitorsRoom(ctx context.Context, token, rid string) (livechat.Room, error) {
	profile, open, closed := profileKey(token), openKey(token), closedKey(token, rid)
	items, err := s.table.BatchGet(ctx, profile, open, closed)
	if err != nil {
		return livechat.Room{}, err
	}
	if items[profile] == nil {
		return livechat.Room{}, livechat.ErrInvalidToken
	}
	for _, key := range []table.Key{open, closed} {
		if items[key] == nil || isTombstone(items[key]) {
			continue
		}
		room, err := decodeRoom(items[key])
		if err != nil {
			return livechat.Room{}, err
		}
		if room.ID == rid {
			return room, nil
		}
	}
	return livechat.Room{}, livechat.ErrInvalidRoom
}

func (s *Store) saveAnswers(ctx context.Context, room livechat.Room, entry livechat.AnswerEntry) error {
	write, err := replaceRoom(room)
	if err != nil {
		return err
	}
	entryItem, err := table.NewItem(answerKey(entry), entry, nil)
	if err != nil {
		return err
	}
	err = s.table.Transact(ctx, write, table.Write{Put: entryItem})
	if _, lost := errors.AsType[*table.ConditionFailed](err); lost {
		return errChanged
	}
	return err
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
