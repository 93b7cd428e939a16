package store

import (
	"cmp"
	"context"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorByToken returns the visitor with the token and their open room, with one query.
// The room is nil if no room is open. If the token is unknown, VisitorByToken fails with
// [livechat.ErrInvalidToken], and the returned visitor has only LastEndedID.
func (s *Store) VisitorByToken(ctx context.Context, token string) (livechat.Visitor, *livechat.Room, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.VisitorPartition(token), From: layout.SortOpen, To: layout.SortProfile})
	if err != nil {
		return livechat.Visitor{}, nil, fmt.Errorf("visitor by token: %w", err)
	}
	var visitor livechat.Visitor
	var room *livechat.Room
	var vacatedBy string
	var usage livechat.RateUsage
	for _, item := range items {
		switch {
		case item.Key().SK == layout.SortProfile:
			visitor, err = layout.DecodeVisitor(item)
		case !layout.HasRoom(item):
			vacatedBy = cmp.Or(item.Text(layout.FieldLastRoom), item.Text(layout.FieldDeletedVisitor))
			usage, err = layout.UsageIn(item)
		default:
			room = new(livechat.Room)
			*room, err = layout.DecodeRoom(item)
		}
		if err != nil {
			return livechat.Visitor{}, nil, err
		}
	}
	if visitor.ID == "" {
		return livechat.Visitor{LastEndedID: vacatedBy}, nil, livechat.ErrInvalidToken
	}
	visitor.LastEndedID, visitor.RoomUsage = vacatedBy, usage
	if room != nil && !room.Names(visitor) {
		// The visitor's name changed while the room was opened for them or moved to them.
		*room = room.Rename(visitor, room.UpdatedAt)
	}
	return visitor, room, nil
}

// VisitorsRoom returns a room of the visitor with the token, open or closed. It fails
// with [livechat.ErrInvalidToken] or [livechat.ErrInvalidRoom].
func (s *Store) VisitorsRoom(ctx context.Context, token, rid string) (livechat.Room, error) {
	_, open, err := s.VisitorByToken(ctx, token)
	if err != nil {
		return livechat.Room{}, err
	}
	if open != nil && open.ID == rid {
		return *open, nil
	}
	// A room that is closed concurrently was either open in the query above or is found
	// here.
	return s.closedRoom(ctx, token, rid)
}

// closedRoom returns the closed room with the id. It fails with [livechat.ErrInvalidRoom]
// if the visitor has no closed room with the id.
func (s *Store) closedRoom(ctx context.Context, token, rid string) (livechat.Room, error) {
	if !livechat.CanBeID(rid) {
		return livechat.Room{}, livechat.ErrInvalidRoom
	}
	item, err := s.table.Get(ctx, layout.ClosedKey(token, rid))
	if err != nil {
		return livechat.Room{}, fmt.Errorf("room: %w", err)
	}
	if item == nil {
		return livechat.Room{}, livechat.ErrInvalidRoom
	}
	return layout.DecodeRoom(item)
}
