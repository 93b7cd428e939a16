package store

import (
	"context"
	"fmt"
	"reflect"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// ChangeRoom changes a room, open or closed, as change says, and returns it as it
// then is: who serves it, where it belongs, what it is about. It is all done
// again when the room changed meanwhile. A room that change leaves as it is is
// not written.
//
// It fails with [livechat.ErrInvalidRoom], and with whatever change fails with.
func (s *Store) ChangeRoom(
	ctx context.Context, rid string, change func(livechat.Room) (livechat.Room, bool, error),
) (livechat.Room, error) {
	var changed livechat.Room
	err := untilUnchanged(ctx, func() error {
		seen, err := s.roomByID(ctx, rid)
		if err != nil {
			return err
		}
		next, differs, err := change(seen.Room)
		if err != nil {
			return err
		}
		changed = next
		if !differs {
			return nil
		}
		return s.replace(ctx, seen.Room, next)
	})
	if err != nil {
		return livechat.Room{}, fmt.Errorf("change room: %w", err)
	}
	return changed, nil
}

// ChangeVisitor changes the profile of the visitor whose token it is, and their
// open room, nil when they have none, as change says; both are written together. A
// room that change returns as nil stays as it is, and so does a visitor whom it
// returns unchanged.
// It fails with [livechat.ErrInvalidToken], and with whatever change fails with.
func (s *Store) ChangeVisitor(
	ctx context.Context, token string,
	change func(livechat.Visitor, *livechat.Room) (livechat.Visitor, *livechat.Room, error),
) error {
	err := untilUnchanged(ctx, func() error {
		visitor, room, err := s.VisitorByToken(ctx, token)
		if err != nil {
			return err
		}
		nextVisitor, nextRoom, err := change(visitor, room)
		if err != nil {
			return err
		}
		item, err := layout.VisitorItem(nextVisitor)
		if err != nil {
			return err
		}
		write := table.Write{Put: item, If: layout.IfUnchanged, Values: table.Values{":version": visitor.Version}}
		if nextRoom == nil && reflect.DeepEqual(visitor, nextVisitor) {
			return nil
		}
		if nextRoom == nil {
			return changedIfLost(s.table.Put(ctx, write.Put, write.If, write.Values))
		}
		return s.replace(ctx, *room, *nextRoom, write)
	})
	if err != nil {
		return fmt.Errorf("change visitor: %w", err)
	}
	return nil
}
