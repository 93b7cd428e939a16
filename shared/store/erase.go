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

// DeleteVisitor deletes the visitor with the token, their closed rooms and all data of
// these rooms. It writes an audit entry and returns the deleted visitor. The profile is
// deleted last, so that the next call can resume an interrupted deletion.
//
// It fails with [livechat.ErrInvalidToken] if no visitor has the token, and with
// [livechat.ErrRoomsStillOpen] if the visitor has an open room.
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
	if err := s.deleteProfile(ctx, visitor, audit(visitor), ifSameVisitor, sameVisitorValues(visitor)); err != nil {
		return livechat.Visitor{}, fmt.Errorf("delete visitor: %w", err)
	}
	return visitor, nil
}

// putTombstone puts the visitor's tombstone, which prevents any room from being opened
// for the visitor or moved to them. It fails with [livechat.ErrRoomsStillOpen] if a room
// is open.
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

// markRooms replaces each closed room of the visitor with a note that the room is to be
// erased. After that no data can be added to the room. The note lets a later call find
// the room's remaining data.
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
			// Another visitor may have registered with the token since.
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

// eraseMarked deletes the data of the rooms that markRooms marked.
func (s *Store) eraseMarked(ctx context.Context, token string) error {
	notes, err := s.table.Query(ctx, layout.AllBelow(layout.VisitorPartition(token), layout.PrefixErase))
	if err != nil {
		return err
	}
	for _, note := range notes {
		if err := s.FinishErasure(ctx, note.Key()); err != nil {
			return err
		}
	}
	return nil
}

// FinishErasure deletes the remaining data of a room that markRooms has replaced with the
// note. It keeps the survey without the visitor's data, see ForgetSurvey. It deletes the
// note last.
func (s *Store) FinishErasure(ctx context.Context, note table.Key) error {
	rid := strings.TrimPrefix(note.SK, layout.PrefixErase)
	if err := s.ForgetSurvey(ctx, rid); err != nil {
		return err
	}
	var keys []table.Key
	for _, partition := range []string{layout.AnswersPartition(rid), layout.MessagesPartition(rid)} {
		inPartition, err := s.table.QueryKeys(ctx, partition)
		if err != nil {
			return err
		}
		keys = append(keys, inPartition...)
	}
	if err := s.table.DeleteAll(ctx, keys); err != nil {
		return err
	}
	return s.table.Delete(ctx, note, "", nil, nil)
}

// ForgetSurvey deletes the visitor's data from the room's survey: their identity, their
// links and their texts. The facts and the score stay.
func (s *Store) ForgetSurvey(ctx context.Context, rid string) error {
	return table.RetryConflicts(ctx, func() error {
		survey, err := s.Survey(ctx, rid)
		if err != nil || survey == nil {
			return err
		}
		// Delete the links before the survey changes, because only the survey names them.
		if err := s.deleteCommentAndLinks(ctx, *survey); err != nil {
			return err
		}
		return s.SaveSurvey(ctx, survey.Forget())
	})
}

func (s *Store) deleteCommentAndLinks(ctx context.Context, survey livechat.Survey) error {
	keys := []table.Key{layout.CommentKey(survey.ClosedOn, survey.ClosedAt, survey.RoomID)}
	for _, hash := range survey.Links {
		keys = append(keys, layout.LinkKey(hash))
	}
	return s.table.DeleteAll(ctx, keys)
}

// ifSameVisitor requires that the profile still belongs to the visitor, and not to another
// visitor who has since registered with the same token.
const ifSameVisitor = layout.IDIndexPK + " = :visitor"

func sameVisitorValues(v livechat.Visitor) table.Values {
	return table.Values{":visitor": layout.IndexVisitor(v.ID)}
}

func (s *Store) deleteProfile(
	ctx context.Context, v livechat.Visitor, entry livechat.AuditEntry, condition string, values table.Values,
) error {
	audit, err := layout.AuditItem(entry)
	if err != nil {
		return err
	}
	profile, lastAsked := layout.ProfileKey(v.Token), layout.AskedKey(v.Token)
	err = s.table.Transact(ctx,
		table.Write{Delete: &profile, If: condition, Values: values},
		table.Write{Delete: &lastAsked},
		table.Write{Put: audit},
	)
	if _, gone := errors.AsType[*table.ConditionFailed](err); gone {
		return livechat.ErrInvalidToken
	}
	return err
}
