package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// DeleteVisitor removes the visitor whose token it is, with their closed rooms
// and all that belongs to those, and returns who they were. The audit entry
// stays. A deletion that was cut short is taken up by the next call; what is
// gone by then is gone, and the profile goes last.
//
// It fails with [livechat.ErrInvalidToken] when the token is nobody's, and
// with [livechat.ErrRoomsStillOpen] when the visitor has an open room.
func (s *Store) DeleteVisitor(
	ctx context.Context, token string, now livechat.Time,
	audit func(livechat.Visitor) livechat.AuditEntry,
) (livechat.Visitor, error) {
	visitor, room, err := s.VisitorByToken(ctx, token)
	if err != nil {
		return livechat.Visitor{}, err
	}
	if room != nil {
		return livechat.Visitor{}, livechat.ErrRoomsStillOpen
	}
	if err := s.bury(ctx, visitor, now); err != nil {
		return livechat.Visitor{}, err
	}
	if err := s.eraseRooms(ctx, token); err != nil {
		return livechat.Visitor{}, fmt.Errorf("delete visitor: %w", err)
	}
	if err := s.deleteProfile(ctx, visitor, audit(visitor)); err != nil {
		return livechat.Visitor{}, fmt.Errorf("delete visitor: %w", err)
	}
	return visitor, nil
}

// bury puts the tombstone. From here on no room comes to the visitor.
func (s *Store) bury(ctx context.Context, v livechat.Visitor, now livechat.Time) error {
	item, err := tombstone(v, now)
	if err != nil {
		return err
	}
	err = s.table.Put(ctx, item, ifNoRoom, nil)
	if _, roomOpened := errors.AsType[*table.ConditionFailed](err); roomOpened {
		return livechat.ErrRoomsStillOpen
	}
	return err
}

// eraseRooms removes the visitor's rooms and what belongs to them. A room is
// first turned into a note that it is to be erased, so that nothing can be
// added to it any more and a later call finds what is left of it.
func (s *Store) eraseRooms(ctx context.Context, token string) error {
	return untilUnchanged(ctx, func() error {
		items, err := s.table.Query(ctx, table.Partition{PK: visitorPartition(token), Only: "PK, SK, version"})
		if err != nil {
			return err
		}
		var changed error
		for _, item := range items {
			rid, toErase := strings.CutPrefix(item.Key().SK, prefixErase)
			if closed, ok := strings.CutPrefix(item.Key().SK, prefixRoom); ok {
				rid, toErase = closed, true
				if err := s.markForErasure(ctx, item.Key(), version(item), eraseKey(token, rid)); err != nil {
					changed = err
					continue
				}
			}
			if !toErase {
				continue
			}
			if err := s.eraseRoom(ctx, rid, eraseKey(token, rid)); err != nil {
				return err
			}
		}
		return changed
	})
}

func (s *Store) markForErasure(ctx context.Context, room table.Key, version int, note table.Key) error {
	item, err := table.NewItem(note, struct{}{}, nil)
	if err != nil {
		return err
	}
	err = s.table.Transact(ctx,
		table.Write{Delete: &room, If: ifUnchanged, Values: table.Values{":version": version}},
		table.Write{Put: item},
	)
	if _, lost := errors.AsType[*table.ConditionFailed](err); lost {
		return errChanged
	}
	return err
}

func (s *Store) eraseRoom(ctx context.Context, rid string, note table.Key) error {
	var keys []table.Key
	for _, partition := range []string{answersPartition(rid), messagesPartition(rid)} {
		items, err := s.table.Query(ctx, table.Partition{PK: partition, Only: "PK, SK"})
		if err != nil {
			return err
		}
		for _, item := range items {
			keys = append(keys, item.Key())
		}
	}
	if err := s.table.DeleteAll(ctx, keys); err != nil {
		return err
	}
	return s.table.Delete(ctx, note, "", nil)
}

func (s *Store) deleteProfile(ctx context.Context, v livechat.Visitor, entry livechat.AuditEntry) error {
	audit, err := table.NewItem(auditKey(entry), entry, nil)
	if err != nil {
		return err
	}
	profile := profileKey(v.Token)
	err = s.table.Transact(ctx,
		table.Write{
			Delete: &profile, If: indexKey + " = :visitor",
			Values: table.Values{":visitor": indexVisitor(v.ID)},
		},
		table.Write{Put: audit},
	)
	if _, gone := errors.AsType[*table.ConditionFailed](err); gone {
		return livechat.ErrInvalidToken
	}
	return err
}
