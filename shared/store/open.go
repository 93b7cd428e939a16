package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// OpenRoom stores the room as the visitor's open room, with its first messages, and
// returns the room and true. If a concurrent call has already opened a room for the
// visitor, OpenRoom returns the room of that call and false. It fails with
// [livechat.ErrInvalidToken] if the visitor is being deleted.
func (s *Store) OpenRoom(ctx context.Context, opened livechat.Change) (livechat.Room, bool, error) {
	room := opened.Room
	item, err := layout.RoomItem(room)
	if err != nil {
		return livechat.Room{}, false, err
	}
	writes, err := layout.MessageWrites(opened.Messages)
	if err != nil {
		return livechat.Room{}, false, err
	}
	err = s.table.TransactOr(ctx, s.roomAtOpen(room.Visitor.Token), append([]table.Write{{
		Put: item, If: layout.IfCanOpenRoom, Values: layout.OpenRoomValues(room.Visitor.ID, room.OpenedAt),
	}}, writes...)...)
	taken, lost := errors.AsType[*table.ConditionFailed](err)
	switch {
	case err == nil:
		room, err = layout.DecodeRoom(item)
		return room, true, err
	case !lost || taken.Index > 0:
		return livechat.Room{}, false, fmt.Errorf("open room: %w", err)
	case layout.IsTombstone(taken.Old):
		return livechat.Room{}, false, livechat.ErrInvalidToken
	}
	winner, err := layout.DecodeRoom(taken.Old)
	// If the first write succeeded but its answer was lost, the retried write finds the
	// room that this call opened.
	return winner, winner.ID == room.ID, err
}

// roomAtOpen returns a check that fails with ConditionFailed if the visitor has an open
// room. Without the check, many concurrent openings would keep retrying because they
// conflict with each other.
func (s *Store) roomAtOpen(token string) func(context.Context) error {
	return func(ctx context.Context) error {
		item, err := s.table.Get(ctx, layout.OpenKey(token))
		if err == nil && layout.HasRoom(item) {
			err = &table.ConditionFailed{Old: item}
		}
		return err
	}
}
