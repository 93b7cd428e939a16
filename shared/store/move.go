package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// MoveRoom moves a room, open or closed, to another visitor and returns the moved room.
// It reads the room and the new visitor, and calls decide. It writes the changed room and
// the audit entry in one transaction, and retries if the room changed concurrently. If
// decide leaves the room with its visitor, MoveRoom writes nothing.
//
// It fails with [livechat.ErrInvalidVisitor], [livechat.ErrInvalidRoom] or decide's
// error. If the room is open and the new visitor already has an open room, it fails with
// [livechat.ErrVisitorHasOpenRoom].
func (s *Store) MoveRoom(
	ctx context.Context, rid, visitorID string,
	decide func(livechat.Room, livechat.Visitor) (livechat.Room, livechat.AuditEntry, error),
) (livechat.Room, error) {
	var moved livechat.Room
	err := table.RetryConflicts(ctx, func() error {
		room, visitor, survey, err := s.roomAndVisitor(ctx, rid, visitorID)
		if err != nil {
			return err
		}
		next, entry, err := decide(room, visitor)
		if err != nil {
			return err
		}
		moved = next
		if next.Visitor.Token == room.Visitor.Token {
			return nil
		}
		return s.saveMove(ctx, room, next, survey, entry)
	})
	if err != nil {
		return livechat.Room{}, fmt.Errorf("move room: %w", err)
	}
	return moved, nil
}

// roomAndVisitor reads the room, the visitor and the room's survey, if any, in parallel.
// If neither the room nor the visitor exists, it fails with [livechat.ErrInvalidVisitor].
func (s *Store) roomAndVisitor(
	ctx context.Context, rid, visitorID string,
) (room livechat.Room, visitor livechat.Visitor, survey *livechat.Survey, err error) {
	// Refuse a malformed visitor id without reading anything.
	if !livechat.CanBeID(visitorID) {
		return room, visitor, nil, livechat.ErrInvalidVisitor
	}
	found, additional, err := s.byID(ctx, []table.Key{layout.SurveyKey(rid)}, layout.IndexVisitor(visitorID), layout.IndexRoom(rid))
	if err != nil {
		return room, visitor, nil, err
	}
	if visitor, err = visitorIn(found, visitorID); err != nil {
		return room, visitor, nil, err
	}
	if room, err = roomIn(found, rid); err != nil {
		return room, visitor, nil, err
	}
	survey, err = layout.DecodeOptionalSurvey(additional[layout.SurveyKey(rid)])
	if err != nil || survey != nil || room.Open {
		return room, visitor, survey, err
	}
	// A batch is not a snapshot: the room may have been closed between its reads.
	survey, err = s.Survey(ctx, rid)
	return room, visitor, survey, err
}

func (s *Store) saveMove(
	ctx context.Context, from, to livechat.Room, survey *livechat.Survey, entry livechat.AuditEntry,
) error {
	writes, err := layout.RoomWrites(from, livechat.Change{Room: to})
	if err != nil {
		return err
	}
	audit, err := layout.AuditItem(entry)
	if err != nil {
		return err
	}
	toProfile, openKey := layout.ProfileKey(to.Visitor.Token), layout.OpenKey(to.Visitor.Token)
	placeValues := layout.OpenRoomValues(to.Visitor.ID, to.UpdatedAt)
	writes = append(writes,
		table.Write{Check: &toProfile, If: layout.IDIndexPK + " = :visitor",
			Values: table.Values{":visitor": layout.IndexVisitor(to.Visitor.ID)}},
		table.Write{Put: audit},
	)
	if to.Open {
		writes[1].If, writes[1].Values = layout.IfCanOpenRoom, placeValues
	} else {
		// Moving a closed room does not write the new visitor's OPEN item. So check
		// separately that the new visitor is not being deleted.
		writes = append(writes, table.Write{Check: &openKey, If: layout.IfNotBeingDeleted, Values: placeValues})
	}
	surveyAt := len(writes)
	if survey != nil {
		// The survey goes to the new visitor.
		survey.Visitor = &livechat.SurveyVisitor{ID: to.Visitor.ID, Token: to.Visitor.Token}
		write, err := layout.ReplaceSurvey(*survey)
		if err != nil {
			return err
		}
		writes = append(writes, write)
	}
	err = s.table.Transact(ctx, writes...)
	failed, conditionFailed := errors.AsType[*table.ConditionFailed](err)
	switch {
	case !conditionFailed:
		return err
	case failed.Index == 0, failed.Index == 1 && !to.Open, failed.Index == surveyAt:
		return livechat.ErrConflict
	case failed.Index == 1 && !layout.IsTombstone(failed.Old):
		return livechat.ErrVisitorHasOpenRoom
	default:
		return livechat.ErrInvalidVisitor
	}
}

// RecordAudit stores an audit entry.
func (s *Store) RecordAudit(ctx context.Context, entry livechat.AuditEntry) error {
	item, err := layout.AuditItem(entry)
	if err != nil {
		return err
	}
	if err := s.table.Put(ctx, item, "", nil); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// Audit returns the audit entries about a room or a visitor, oldest first.
func (s *Store) Audit(ctx context.Context, id string) ([]livechat.AuditEntry, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.AuditKey(livechat.AuditEntry{RoomID: id}).PK})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return table.DecodeAll[livechat.AuditEntry](items)
}
