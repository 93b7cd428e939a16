package store

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// ComposeFunc returns the room with a new message, which is the last message of the
// change. If the message's author also takes the room, the messages about that come
// before it.
type ComposeFunc = func(livechat.Room) (livechat.Change, error)

// PostVisitorMessage posts a message in the room of the visitor with the token. id is the
// message id that the visitor's client chose. If it is empty, the service assigns the id.
// If the visitor already posted a message with the id, the call is a retry, and
// PostVisitorMessage returns the existing message.
//
// It fails with [livechat.ErrInvalidToken] or [livechat.ErrInvalidRoom], with
// [livechat.ErrInvalidMessage] if the id belongs to somebody else's message or to a
// deleted message, or with compose's error, for example if the room is closed.
func (s *Store) PostVisitorMessage(ctx context.Context, token, rid, id string, compose ComposeFunc) (livechat.Message, error) {
	var posted livechat.Message
	var withID map[table.Key]table.Item
	changed, err := s.updateRoom(ctx,
		func() (room livechat.Room, err error) {
			reading, both := errgroup.WithContext(ctx)
			reading.Go(func() (err error) {
				room, err = s.VisitorsRoom(both, token, rid)
				return err
			})
			reading.Go(func() (err error) {
				withID, err = s.itemsWithID(both, rid, id)
				return err
			})
			err = reading.Wait()
			return room, err
		},
		func(room livechat.Room) (update, error) {
			posted = livechat.Message{}
			m, err := s.existingMessages(ctx, room, id, withID)
			if err != nil {
				return update{}, err
			}
			if m != nil {
				posted = *m
				return update{Change: livechat.Change{Room: room}}, nil
			}
			next, err := compose(room)
			return update{Change: next}, err
		})
	if err != nil {
		return livechat.Message{}, fmt.Errorf("post message: %w", err)
	}
	if posted.ID == "" {
		posted = lastOf(changed)
	}
	return posted, nil
}

// PostMessage posts a user's message in the room with the id. It fails with
// [livechat.ErrInvalidRoom] or compose's error.
func (s *Store) PostMessage(ctx context.Context, rid string, compose ComposeFunc) (livechat.Message, error) {
	return s.post(ctx, func() (livechat.Room, error) { return s.RoomByID(ctx, rid) }, compose)
}

// PostInOpenRoom posts a message in the open room of the visitor with the token. It fails
// with [livechat.ErrInvalidToken], with [livechat.ErrInvalidRoom] if no room is open, or
// with compose's error.
func (s *Store) PostInOpenRoom(ctx context.Context, token string, compose ComposeFunc) (livechat.Message, error) {
	return s.post(ctx, func() (livechat.Room, error) {
		_, room, err := s.VisitorByToken(ctx, token)
		if err == nil && room == nil {
			err = livechat.ErrInvalidRoom
		}
		if err != nil {
			return livechat.Room{}, err
		}
		return *room, nil
	}, compose)
}

func (s *Store) post(ctx context.Context, read func() (livechat.Room, error), compose ComposeFunc) (livechat.Message, error) {
	changed, err := s.updateRoom(ctx, read, func(room livechat.Room) (update, error) {
		next, err := compose(room)
		return update{Change: next}, err
	})
	if err != nil {
		return livechat.Message{}, fmt.Errorf("post message: %w", err)
	}
	return lastOf(changed), nil
}

func lastOf(c livechat.Change) livechat.Message { return c.Messages[len(c.Messages)-1] }

// existingMessages returns the visitor's message with the id, or nil if the id is unused.
// It fails with [livechat.ErrInvalidMessage] if the id belongs to somebody else's message
// or to a deleted message.
func (s *Store) existingMessages(
	ctx context.Context, room livechat.Room, id string, withID map[table.Key]table.Item,
) (*livechat.Message, error) {
	m, used, err := s.messageIn(ctx, room, id, withID)
	switch {
	case err != nil || !used:
		return nil, err
	case m == nil || !room.WrittenByVisitor(*m):
		return nil, livechat.ErrInvalidMessage
	}
	return m, nil
}

// itemsWithID returns the room's items for a message id, by key. An id that the service
// assigned contains the message's time, so the message is found directly. For an id that
// a client chose, a separate item holds the message's time.
func (s *Store) itemsWithID(ctx context.Context, rid, id string) (map[table.Key]table.Item, error) {
	if !livechat.CanBeID(rid) || !livechat.CanBeID(id) {
		return nil, nil
	}
	keys := []table.Key{layout.MessageIDKey(rid, id)}
	if timed, ok := layout.TimedMessageKey(rid, id); ok {
		keys = append(keys, timed)
	}
	return s.table.BatchGet(ctx, keys...)
}

// message returns the room's message with the id, or nil.
func (s *Store) message(ctx context.Context, room livechat.Room, id string) (*livechat.Message, error) {
	withID, err := s.itemsWithID(ctx, room.ID, id)
	if err != nil {
		return nil, err
	}
	m, _, err := s.messageIn(ctx, room, id, withID)
	return m, err
}

// messageIn returns the room's message with the id, or nil, and reports whether the id is
// used. An id that a client chose stays used after its message is deleted.
func (s *Store) messageIn(
	ctx context.Context, room livechat.Room, id string, withID map[table.Key]table.Item,
) (m *livechat.Message, used bool, err error) {
	chosen := withID[layout.MessageIDKey(room.ID, id)]
	timed, _ := layout.TimedMessageKey(room.ID, id)
	item, used := withID[timed], chosen != nil
	if used {
		key, err := layout.KeyOfMessageID(chosen)
		if err != nil {
			return nil, true, err
		}
		if item, err = s.table.Get(ctx, key); err != nil {
			return nil, true, err
		}
	}
	if item == nil {
		return nil, used, nil
	}
	decoded, err := layout.DecodeMessage(item, room)
	decoded = decoded.WithParsedText()
	return &decoded, true, err
}
