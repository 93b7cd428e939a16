package store

import (
	"context"
	"fmt"
	"slices"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorsRoom returns a room of the visitor's, open or closed. It fails with
// [livechat.ErrInvalidToken] or ErrInvalidRoom.
func (s *Store) VisitorsRoom(ctx context.Context, token, rid string) (livechat.Room, error) {
	seen, err := s.visitorsRoom(ctx, token, rid)
	if err != nil {
		return livechat.Room{}, fmt.Errorf("room: %w", err)
	}
	return seen.Room, nil
}

// VisitorsMessage returns a message of the visitor's room, whoever wrote it. It
// fails with [livechat.ErrInvalidToken], ErrInvalidRoom or ErrInvalidMessage.
func (s *Store) VisitorsMessage(ctx context.Context, token, rid, id string) (livechat.Message, error) {
	var found livechat.Message
	err := untilUnchanged(ctx, func() (err error) {
		_, found, err = s.visitorsMessage(ctx, token, rid, id)
		return err
	})
	if err != nil {
		return livechat.Message{}, fmt.Errorf("message: %w", err)
	}
	return found, nil
}

func (s *Store) visitorsMessage(ctx context.Context, token, rid, id string) (seenRoom, livechat.Message, error) {
	var at []table.Key
	if livechat.CanBeID(id) {
		at = append(at, layout.PlaceKey(rid, id))
	}
	seen, err := s.visitorsRoom(ctx, token, rid, at...)
	if err != nil {
		return seen, livechat.Message{}, err
	}
	m, err := s.messageIn(ctx, seen, id)
	if err != nil {
		return seen, livechat.Message{}, err
	}
	if m == nil {
		return seen, livechat.Message{}, livechat.ErrInvalidMessage
	}
	return seen, *m, nil
}

// EditVisitorsMessage changes a message of the visitor's as edit says, and
// returns it as it then is. It fails as VisitorsMessage does, or as edit does.
func (s *Store) EditVisitorsMessage(
	ctx context.Context, token, rid, id string,
	edit func(livechat.Room, livechat.Message) (livechat.Message, error),
) (livechat.Message, error) {
	var edited livechat.Message
	err := untilUnchanged(ctx, func() error {
		seen, m, err := s.visitorsMessage(ctx, token, rid, id)
		if err != nil {
			return err
		}
		if edited, err = edit(seen.Room, m); err != nil {
			return err
		}
		item, err := layout.MessageItem(edited)
		if err != nil {
			return err
		}
		next := seen.Correct(edited)
		write := table.Write{Put: item, If: layout.IfPresent}
		if at := slices.IndexFunc(next.Unsaved, func(u livechat.Message) bool { return u.ID == id }); at >= 0 {
			// It gets its item now, beside the others.
			next.Unsaved = slices.Clone(next.Unsaved)
			next.Unsaved[at] = edited
			return s.replace(ctx, seen.Room, next)
		}
		return s.replace(ctx, seen.Room, next, write)
	})
	if err != nil {
		return livechat.Message{}, fmt.Errorf("edit message: %w", err)
	}
	return edited, nil
}

// DeleteVisitorsMessage takes a message of the visitor's back, if allow lets it.
// Its id stays used: a late repetition of the call that posted it finds that it
// is gone. It fails as VisitorsMessage does, or as allow does.
func (s *Store) DeleteVisitorsMessage(
	ctx context.Context, token, rid, id string, now livechat.Time,
	allow func(livechat.Room, livechat.Message) error,
) error {
	err := untilUnchanged(ctx, func() error {
		seen, m, err := s.visitorsMessage(ctx, token, rid, id)
		if err != nil {
			return err
		}
		if err := allow(seen.Room, m); err != nil {
			return err
		}
		last, err := s.lastSaid(ctx, seen, id)
		if err != nil {
			return err
		}
		next := seen.Withdraw(m, last, now)
		key := layout.MessageKey(m)
		if unsavedIn(seen.Room, id) == nil {
			return s.replace(ctx, seen.Room, next, table.Write{Delete: &key, If: layout.IfPresent})
		}
		next.Unsaved = slices.DeleteFunc(slices.Clone(next.Unsaved), func(u livechat.Message) bool { return u.ID == id })
		at, err := layout.PlaceItem(m)
		if err != nil {
			return err
		}
		return s.replace(ctx, seen.Room, next, table.Write{Put: at})
	})
	if err != nil {
		return fmt.Errorf("delete message: %w", err)
	}
	return nil
}

// lastSaid returns the room's latest message that somebody said, but for the one
// with the id; it looks for it only when that is the room's last one.
func (s *Store) lastSaid(ctx context.Context, seen seenRoom, but string) (*livechat.Message, error) {
	if seen.LastMessage == nil || seen.LastMessage.ID != but {
		return seen.LastMessage, nil
	}
	var last *livechat.Message
	err := s.eachMessage(ctx, seen, 0, lookBack, func(m livechat.Message) bool {
		if m.Type == "" && m.ID != but {
			said := m.WithParsed()
			last = &said
		}
		return last == nil
	})
	return last, err
}

// lookBack is how many messages are read at a time to find the last one said.
const lookBack = 10
