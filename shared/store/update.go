package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// update holds a change of a room and the other writes of the same transaction.
type update struct {
	livechat.Change
	otherWrites []table.Write
}

// updateRoom reads a room, calls decide, and writes the result in one transaction, on the
// condition that the room's version is unchanged. It retries if the room was changed
// concurrently. It writes nothing if decide changes nothing.
func (s *Store) updateRoom(
	ctx context.Context, read func() (livechat.Room, error), decide func(livechat.Room) (update, error),
) (livechat.Change, error) {
	for tries := new(contention); ; {
		tries.begin()
		room, err := read()
		if err != nil {
			return livechat.Change{}, err
		}
		tries.recordVersion(room.Version)
		next, err := decide(room)
		if err != nil {
			return livechat.Change{}, err
		}
		if len(next.otherWrites) == 0 && !next.Differs(room) {
			return next.Change, nil
		}
		err = s.saveRoom(ctx, room, next)
		if !errors.Is(err, livechat.ErrConflict) {
			return next.Change, err
		}
		if err := tries.wait(ctx); err != nil {
			return livechat.Change{}, err
		}
	}
}

// saveRoom writes the update of a room. It fails with livechat.ErrConflict if the room
// changed concurrently.
func (s *Store) saveRoom(ctx context.Context, was livechat.Room, next update) error {
	writes, err := layout.RoomWrites(was, next.Change)
	if err != nil {
		return err
	}
	return table.AsConflict(s.table.Transact(ctx, append(writes, next.otherWrites...)...))
}

// ChangeRoom applies change to a room, open or closed, and returns the changed room. It
// fails with [livechat.ErrInvalidRoom] or change's error.
func (s *Store) ChangeRoom(ctx context.Context, rid string, change func(livechat.Room) (livechat.Change, error)) (livechat.Room, error) {
	changed, err := s.updateRoom(ctx,
		func() (livechat.Room, error) { return s.RoomByID(ctx, rid) },
		func(room livechat.Room) (update, error) {
			next, err := change(room)
			return update{Change: next}, err
		})
	if err != nil {
		return livechat.Room{}, fmt.Errorf("change room: %w", err)
	}
	return changed.Room, nil
}

// ChangeVisitor applies change to the profile of the visitor with the token and to the
// visitor's open room, which is nil if no room is open. If change changes both,
// ChangeVisitor writes them in one transaction. It does not write an unchanged profile or
// room.
//
// It fails with [livechat.ErrInvalidToken] or change's error.
func (s *Store) ChangeVisitor(
	ctx context.Context, token string,
	change func(livechat.Visitor, *livechat.Room) (livechat.Visitor, *livechat.Room, error),
) error {
	err := table.RetryConflicts(ctx, func() error {
		visitor, room, err := s.VisitorByToken(ctx, token)
		if err != nil {
			return err
		}
		nextVisitor, nextRoom, err := change(visitor, room)
		if err != nil {
			return err
		}
		var writes []table.Write
		if room != nil && nextRoom != nil && (livechat.Change{Room: *nextRoom}).Differs(*room) {
			if writes, err = layout.RoomWrites(*room, livechat.Change{Room: *nextRoom}); err != nil {
				return err
			}
		}
		if !reflect.DeepEqual(visitor, nextVisitor) {
			item, err := layout.VisitorItem(nextVisitor)
			if err != nil {
				return err
			}
			writes = append(writes, table.Write{Put: item, If: layout.IfUnchanged, Values: table.Values{":version": visitor.Version}})
		}
		return table.AsConflict(s.putAll(ctx, writes))
	})
	if err != nil {
		return fmt.Errorf("change visitor: %w", err)
	}
	return nil
}

// putAll does all of the puts or none. It does a single put without a transaction,
// because a transaction costs twice as much.
func (s *Store) putAll(ctx context.Context, puts []table.Write) error {
	switch len(puts) {
	case 0:
		return nil
	case 1:
		return s.table.Put(ctx, puts[0].Put, puts[0].If, puts[0].Values)
	}
	return s.table.Transact(ctx, puts...)
}
