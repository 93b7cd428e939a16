package store

import (
	"context"
	"errors"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// PutVisitor writes an imported visitor as given, unless the token is known. It raises
// the guest counter, so that new guests get higher numbers than imported guests.
func (s *Store) PutVisitor(ctx context.Context, v livechat.Visitor) error {
	item, err := layout.VisitorItem(v)
	if err != nil {
		return err
	}
	if n, isGuest := livechat.GuestNumber(v.Username); isGuest {
		if err := s.countGuestsFrom(ctx, n); err != nil {
			return err
		}
	}
	return s.putIfAbsent(ctx, item)
}

func (s *Store) countGuestsFrom(ctx context.Context, n int64) error {
	_, err := s.table.Update(ctx, layout.GuestCounterKey, table.Update{
		Expression: "SET guests = :n", If: "attribute_not_exists(guests) OR guests < :n",
		Values: table.Values{":n": n},
	})
	if _, higher := errors.AsType[*table.ConditionFailed](err); higher {
		return nil
	}
	return err
}

// PutRoom writes an imported room, open or closed, as given, unless it exists. To write a
// closed room with its survey, use PutClosedRoom.
func (s *Store) PutRoom(ctx context.Context, r livechat.Room) error {
	item, err := layout.RoomItem(r)
	if err != nil {
		return err
	}
	writes, err := layout.LongAnswersWrites(livechat.Room{}, r)
	if err != nil {
		return err
	}
	return s.transactIfAbsent(ctx, append(writes, table.Write{Put: item, If: layout.IfAbsent}))
}

// PutMessages writes imported messages as given, without changing their rooms. If any of
// the messages exists, it writes nothing. The messages must fit into one transaction.
func (s *Store) PutMessages(ctx context.Context, messages []livechat.Message) error {
	if len(messages) == 0 {
		return nil
	}
	writes, err := layout.MessageWrites(messages)
	if err != nil {
		return err
	}
	return s.transactIfAbsent(ctx, writes)
}

// PutClosedRoom writes an imported closed room and its survey as given, unless either
// exists.
func (s *Store) PutClosedRoom(ctx context.Context, r livechat.Room, survey livechat.Survey) error {
	room, err := layout.RoomItem(r)
	if err != nil {
		return err
	}
	surveyed, err := layout.SurveyItem(survey)
	if err != nil {
		return err
	}
	writes, err := layout.LongAnswersWrites(livechat.Room{}, r)
	if err != nil {
		return err
	}
	comment, err := layout.CommentWrite(survey, r.SurveyFeedback)
	if err != nil {
		return err
	}
	writes = append(writes, comment...)
	return s.transactIfAbsent(ctx, append(writes, table.Write{Put: room, If: layout.IfAbsent},
		table.Write{Put: surveyed, If: layout.IfAbsent}))
}

// PutLink writes a link as given, unless it exists.
func (s *Store) PutLink(ctx context.Context, l livechat.Link) error {
	item, err := layout.LinkItem(l)
	if err != nil {
		return err
	}
	return s.putIfAbsent(ctx, item)
}

func (s *Store) putIfAbsent(ctx context.Context, item table.Item) error {
	err := s.table.Put(ctx, item, layout.IfAbsent, nil)
	if _, exists := errors.AsType[*table.ConditionFailed](err); exists {
		return nil
	}
	return err
}

// transactIfAbsent does all of the writes, or none if any of the items exists.
func (s *Store) transactIfAbsent(ctx context.Context, writes []table.Write) error {
	err := s.table.Transact(ctx, writes...)
	if _, exists := errors.AsType[*table.ConditionFailed](err); exists {
		return nil
	}
	return err
}
