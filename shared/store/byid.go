package store

import (
	"context"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// VisitorByID returns the visitor with that id, or fails with
// [livechat.ErrInvalidVisitor].
func (s *Store) VisitorByID(ctx context.Context, id string) (livechat.Visitor, error) {
	if !livechat.CanBeID(id) {
		return livechat.Visitor{}, livechat.ErrInvalidVisitor
	}
	return byID(ctx, s.table, indexVisitor(id), livechat.ErrInvalidVisitor,
		func(item table.Item) (livechat.Visitor, bool, error) {
			visitor, err := decodeVisitor(item)
			return visitor, visitor.ID == id, err
		})
}

// RoomByID returns the room with that id, open or closed, or fails with
// [livechat.ErrInvalidRoom].
func (s *Store) RoomByID(ctx context.Context, rid string) (livechat.Room, error) {
	if !livechat.CanBeID(rid) {
		return livechat.Room{}, livechat.ErrInvalidRoom
	}
	return byID(ctx, s.table, indexRoom(rid), livechat.ErrInvalidRoom,
		func(item table.Item) (livechat.Room, bool, error) {
			room, err := decodeRoom(item)
			return room, room.ID == rid, err
		})
}

// lags are the waits before the index is asked again. It follows the table
// within milliseconds; half a second later, what it does not have is not
// there.
var lags = []time.Duration{20 * time.Millisecond, 60 * time.Millisecond, 140 * time.Millisecond, 280 * time.Millisecond}

// byID finds an item through the index and reads it from the table. The index
// may name a place where another item stands by then, or none, as after a room
// was closed or given away; and two places, of which one is the former.
func byID[T any](
	ctx context.Context, t *table.Table, value string, none error,
	decode func(table.Item) (document T, same bool, err error),
) (T, error) {
	var zero T
	for try := 0; ; try++ {
		keys, err := t.QueryIndex(ctx, index, indexKey, value)
		if err != nil {
			return zero, err
		}
		items, err := t.BatchGet(ctx, keys...)
		if err != nil {
			return zero, fmt.Errorf("by id: %w", err)
		}
		for _, item := range items {
			document, same, err := decode(item)
			if err != nil || same {
				return document, err
			}
		}
		if try == len(lags) {
			return zero, none
		}
		select {
		case <-time.After(lags[try]):
		case <-ctx.Done():
			return zero, &livechat.Error{Kind: livechat.Unavailable, Err: ctx.Err()}
		}
	}
}
