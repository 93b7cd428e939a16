package store

import (
	"context"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorsMessage returns the message with the id in the visitor's room, no matter who
// wrote it. It fails with [livechat.ErrInvalidToken], ErrInvalidRoom or
// ErrInvalidMessage.
func (s *Store) VisitorsMessage(ctx context.Context, token, rid, id string) (livechat.Message, error) {
	room, err := s.VisitorsRoom(ctx, token, rid)
	if err != nil {
		return livechat.Message{}, err
	}
	m, err := s.existingMessage(ctx, room, id)
	if err != nil {
		return livechat.Message{}, fmt.Errorf("message: %w", err)
	}
	return m, nil
}

// existingMessage returns the room's message with the id. It fails with
// [livechat.ErrInvalidMessage] if no message has the id.
func (s *Store) existingMessage(ctx context.Context, room livechat.Room, id string) (livechat.Message, error) {
	m, err := s.message(ctx, room, id)
	if err == nil && m == nil {
		err = livechat.ErrInvalidMessage
	}
	if err != nil {
		return livechat.Message{}, err
	}
	return *m, nil
}

// EditVisitorsMessage changes a message of the visitor's room. edit returns the edited
// message and the room, which edit may change too. admit can refuse the call before the
// message is read. EditVisitorsMessage fails like VisitorsMessage, or with the error of
// admit or edit.
func (s *Store) EditVisitorsMessage(
	ctx context.Context, token, rid, id string, admit func(livechat.Room) error,
	edit func(livechat.Room, livechat.Message) (livechat.Room, livechat.Message, error),
) (livechat.Message, error) {
	var edited livechat.Message
	err := s.changeVisitorsMessage(ctx, token, rid, id, admit, func(room livechat.Room, m livechat.Message) (update, error) {
		next, m, err := edit(room, m)
		if err != nil {
			return update{}, err
		}
		edited = m
		item, err := layout.MessageItem(m)
		return update{
			livechat.Change{Room: next.ReplaceMessage(m)},
			[]table.Write{{Put: item, If: layout.IfPresent}},
		}, err
	})
	if err != nil {
		return livechat.Message{}, fmt.Errorf("edit message: %w", err)
	}
	return edited, nil
}

// DeleteVisitorsMessage deletes a message of the visitor's room. remove returns the room,
// which it may change, or an error to refuse. admit can refuse the call before the
// message is read. An id that a client chose stays used, so that a retried post does not
// restore the message. DeleteVisitorsMessage fails like VisitorsMessage, or with the
// error of admit or remove.
func (s *Store) DeleteVisitorsMessage(
	ctx context.Context, token, rid, id string, now livechat.Time, admit func(livechat.Room) error,
	remove func(livechat.Room, livechat.Message) (livechat.Room, error),
) error {
	err := s.changeVisitorsMessage(ctx, token, rid, id, admit, func(room livechat.Room, m livechat.Message) (update, error) {
		next, err := remove(room, m)
		if err != nil {
			return update{}, err
		}
		last, err := s.lastPosted(ctx, room, id)
		if err != nil {
			return update{}, err
		}
		key := layout.MessageKey(m)
		return update{
			livechat.Change{Room: next.RemoveMessage(m, last, now)},
			[]table.Write{{Delete: &key, If: layout.IfPresent}},
		}, nil
	})
	if err != nil {
		return fmt.Errorf("delete message: %w", err)
	}
	return nil
}

// changeVisitorsMessage applies change to the visitor's room and its message with the id,
// unless admit refuses before the message is read.
func (s *Store) changeVisitorsMessage(
	ctx context.Context, token, rid, id string, admit func(livechat.Room) error,
	change func(livechat.Room, livechat.Message) (update, error),
) error {
	_, err := s.updateRoom(ctx,
		func() (livechat.Room, error) { return s.VisitorsRoom(ctx, token, rid) },
		func(room livechat.Room) (update, error) {
			if err := admit(room); err != nil {
				return update{}, err
			}
			m, err := s.existingMessage(ctx, room, id)
			if err != nil {
				return update{}, err
			}
			return change(room, m)
		})
	return err
}

// lastPosted returns the latest message that a person wrote, ignoring the message with
// the id except. It reads messages only if the ignored message is the room's last.
func (s *Store) lastPosted(ctx context.Context, room livechat.Room, except string) (*livechat.Message, error) {
	if room.LastMessage == nil || room.LastMessage.ID != except {
		return room.LastMessage, nil
	}
	var last *livechat.Message
	_, err := s.readMessages(ctx, room, 0, visitorBudget, fewMessages, func(m livechat.Message) bool {
		if m.Type == "" && m.ID != except {
			last = &m
		}
		return last == nil
	})
	return last, err
}

// fewMessages is the number of messages that lastPosted reads per query. So many messages
// nearly always include one that a person wrote.
const fewMessages = 10
