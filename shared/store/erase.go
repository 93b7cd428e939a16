package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
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
	if err := s.putTombstone(ctx, visitor, now); err != nil {
		return livechat.Visitor{}, err
	}
	if err := s.markRooms(ctx, visitor, now); err != nil {
		return livechat.Visitor{}, fmt.Errorf("delete visitor: %w", err)
	}
	if err := s.eraseMarked(ctx, token); err != nil {
		return livechat.Visitor{}, fmt.Errorf("delete visitor: %w", err)
	}
	if err := s.deleteProfile(ctx, visitor, audit(visitor), ifVisitor, whoIs(visitor)); err != nil {
		return livechat.Visitor{}, fmt.Errorf("delete visitor: %w", err)
	}
	return visitor, nil
}

// putTombstone puts the tombstone. From here on no room comes to the visitor.
func (s *Store) putTombstone(ctx context.Context, v livechat.Visitor, now livechat.Time) error {
	item, err := layout.Tombstone(v, now)
	if err != nil {
		return err
	}
	err = s.table.Put(ctx, item, layout.IfNoRoom, nil)
	if _, roomOpened := errors.AsType[*table.ConditionFailed](err); roomOpened {
		return livechat.ErrRoomsStillOpen
	}
	return err
}

// markRooms turns each closed room of the visitor into a note that it is to be
// erased, so that nothing can be added to it any more, and a later call finds
// what is left of it.
func (s *Store) markRooms(ctx context.Context, v livechat.Visitor, now livechat.Time) error {
	return table.RetryConflicts(ctx, func() error {
		items, err := s.table.Query(ctx, layout.AllBelow(layout.VisitorPartition(v.Token), layout.PrefixRoom))
		if err != nil {
			return err
		}
		for _, item := range items {
			room, err := layout.DecodeRoom(item)
			if err != nil {
				return err
			}
			// Somebody may have registered anew with the token by now.
			if room.Visitor.ID != v.ID {
				continue
			}
			if err := s.markForErasure(ctx, room, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) markForErasure(ctx context.Context, room livechat.Room, now livechat.Time) error {
	note, err := table.NewItem(layout.EraseKey(room.Visitor.Token, room.ID), struct{}{}, table.Values{
		layout.TimeIndexPK: layout.ListErasures, layout.TimeIndexSK: now.String() + "#" + room.ID,
	})
	if err != nil {
		return err
	}
	key := layout.RoomKey(room)
	err = s.table.Transact(ctx,
		table.Write{Delete: &key, If: layout.IfUnchanged, Values: table.Values{":version": room.Version}},
		table.Write{Put: note},
	)
	return table.AsConflict(err)
}

// eraseMarked removes what belongs to the rooms that are to be erased.
func (s *Store) eraseMarked(ctx context.Context, token string) error {
	notes, err := s.table.Query(ctx, layout.AllBelow(layout.VisitorPartition(token), layout.PrefixErase))
	if err != nil {
		return err
	}
	for _, note := range notes {
		rid := strings.TrimPrefix(note.Key().SK, layout.PrefixErase)
		if err := s.FinishErasure(ctx, rid, note.Key()); err != nil {
			return err
		}
	}
	return nil
}

// FinishErasure deletes what belongs to a room whose own item is gone, and at last the
// note that says so. The survey stays, and names nobody, see ForgetSurvey.
func (s *Store) FinishErasure(ctx context.Context, rid string, note table.Key) error {
	if err := s.ForgetSurvey(ctx, rid); err != nil {
		return err
	}
	var keys []table.Key
	for _, partition := range []string{layout.AnswersPartition(rid), layout.MessagesPartition(rid)} {
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
	return s.table.Delete(ctx, note, "", nil, nil)
}

// ForgetSurvey takes from the room's survey what is the visitor's: who they are,
// the links they were given, and what they wrote. Facts and score stay, and name
// nobody.
func (s *Store) ForgetSurvey(ctx context.Context, rid string) error {
	return table.RetryConflicts(ctx, func() error {
		survey, err := s.Survey(ctx, rid)
		if err != nil || survey == nil {
			return err
		}
		keys := []table.Key{layout.CommentKey(survey.ClosedOn, survey.ClosedAt, rid)}
		for _, hash := range survey.Links {
			keys = append(keys, layout.LinkKey(hash))
		}
		// The links go first: a deletion that is cut short here finds them again.
		if err := s.table.DeleteAll(ctx, keys); err != nil {
			return err
		}
		return s.SaveSurvey(ctx, survey.Forget())
	})
}

// ifVisitor holds while the profile is that visitor's, and nobody's who registered anew.
const ifVisitor = layout.IDIndexPK + " = :visitor"

func whoIs(v livechat.Visitor) table.Values {
	return table.Values{":visitor": layout.IndexVisitor(v.ID)}
}

func (s *Store) deleteProfile(
	ctx context.Context, v livechat.Visitor, entry livechat.AuditEntry, condition string, values table.Values,
) error {
	audit, err := layout.AuditItem(entry)
	if err != nil {
		return err
	}
	profile, asked := layout.ProfileKey(v.Token), layout.AskedKey(v.Token)
	err = s.table.Transact(ctx,
		table.Write{Delete: &profile, If: condition, Values: values},
		table.Write{Delete: &asked},
		table.Write{Put: audit},
	)
	if _, gone := errors.AsType[*table.ConditionFailed](err); gone {
		return livechat.ErrInvalidToken
	}
	return err
}
