package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"livechat/infra/local/mail"
	"livechat/shared/livechat"
)

// storedState holds the contents of the table and the outbox after the faults have ended.
type storedState struct {
	roomKeys
	// mails counts the deliveries of each survey message by its identity.
	mails map[string]int
}

// readState reads the table and the outbox.
func (s *System) readState(ctx context.Context) (storedState, error) {
	found, err := s.scan(ctx)
	if err != nil {
		return storedState{}, fmt.Errorf("read the table: %w", err)
	}
	mails, err := s.Mails(ctx)
	if err != nil {
		return storedState{}, err
	}
	state := storedState{found, map[string]int{}}
	for _, m := range mails {
		state.mails[identity(m)]++
	}
	return state, nil
}

// identity returns the id that is the same for every delivery of a message.
func identity(m mail.Mail) string {
	for _, h := range m.Headers {
		if h.Name == "X-Entity-Ref-ID" {
			return h.Value
		}
	}
	return ""
}

// check compares the model with the stored state.
func (v *visit) check(ctx context.Context, state storedState) error {
	for _, who := range v.visitors {
		if who != nil && who.id != "" {
			v.checkVisitor(ctx, who, state)
		}
	}
	for _, r := range v.rooms {
		if err := v.checkRoom(ctx, r, state); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) checkVisitor(ctx context.Context, who *visitor, state storedState) {
	stored, _, err := v.system.store.VisitorByToken(ctx, who.token)
	if err != nil || stored.ID != who.id {
		v.violated(lost, "the visitor %s was registered, but is stored as %q (%v)", who.id, stored.ID, err)
	}
	open := state.openRooms(who.token)
	if len(open) > 1 {
		v.violated(duplicated, "the visitor %s has %d open rooms", who.id, len(open))
	}
	if r := who.room; r != nil && !r.openUnknown && r.possibleOwner == nil && !slices.Contains(open, r.id) {
		v.violated(lost, "the visitor %s has the open room %s, but the table has %v", who.id, r.id, open)
	}
	for _, rid := range open {
		if v.roomWith(rid) == nil && !who.openUnknown {
			v.violated(wrong, "the visitor %s has the room %s, which the visitor did not open", who.id, rid)
		}
	}
}

func (v *visit) checkRoom(ctx context.Context, r *room, state storedState) error {
	if n := len(state.rooms[r.id]); n != 1 {
		k := duplicated
		if n == 0 {
			k = lost
		}
		v.violated(k, "the room %s is stored %d times: %v", r.id, n, state.rooms[r.id])
		return nil
	}
	stored, err := v.system.store.RoomByID(ctx, r.id)
	if err != nil {
		return fmt.Errorf("room %s: %w", r.id, err)
	}
	if token := stored.Visitor.Token; token != r.owner.token && (r.possibleOwner == nil || token != r.possibleOwner.token) {
		v.violated(lost, "the room %s does not belong to the visitor to whom it was moved", r.id)
	}
	switch {
	case r.closings > 1:
		v.violated(duplicated, "%d calls reported that they closed the room %s", r.closings, r.id)
	case r.closings == 1 && stored.Open:
		v.violated(lost, "the room %s was closed, but is open", r.id)
	case stored.Open != r.open && !r.openUnknown:
		v.violated(wrong, "the room %s has the wrong state: open is %v", r.id, stored.Open)
	}
	return errors.Join(
		v.checkMessages(ctx, r, stored), v.checkAnswers(ctx, r, stored),
		v.checkMoves(ctx, r), v.checkSurvey(ctx, r, stored, state))
}

func (v *visit) checkMoves(ctx context.Context, r *room) error {
	entries, err := v.system.store.Audit(ctx, r.id)
	if err != nil {
		return fmt.Errorf("audit of %s: %w", r.id, err)
	}
	moves, maxMoves := 0, r.moves
	for _, e := range entries {
		if e.Action == livechat.AuditRoomMoved {
			moves++
		}
	}
	if r.possibleOwner != nil {
		maxMoves++
	}
	if moves < r.moves {
		v.violated(lost, "the room %s was moved %d times, but the audit has %d moves", r.id, r.moves, moves)
	}
	if moves > maxMoves {
		v.violated(duplicated, "the room %s was moved %d times, but the audit has %d moves", r.id, r.moves, moves)
	}
	return nil
}
