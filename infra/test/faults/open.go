package faults

import (
	"context"
	"net/http"

	"livechat/shared/livechat"
)

func (v *visit) register(ctx context.Context, who *visitor) error {
	body := map[string]any{"visitor": map[string]string{"token": who.token, "email": who.token + "@example.net", "name": "V"}}
	a, _ := v.callUntilKnown(ctx, http.MethodPost, api+"visitor", body)
	if err := v.requireAcknowledged(a, "a registration"); err != nil {
		return err
	}
	var response struct{ Visitor livechat.Visitor }
	if err := a.into(&response); err != nil || response.Visitor.ID == "" {
		v.violated(wrong, "a registration returned no visitor")
		return errOutcomeUnknown
	}
	who.id = response.Visitor.ID
	return nil
}

// open opens the visitor's room, sometimes with parallel calls.
func (v *visit) open(ctx context.Context, who *visitor) error {
	path := api + "room?token=" + who.token
	if v.random.IntN(3) == 0 && v.openConcurrently(ctx, who, path) {
		return nil
	}
	a, tries := v.callUntilKnown(ctx, http.MethodGet, path, nil)
	who.openUnknown = who.openUnknown || tries > 1
	if err := v.requireAcknowledged(a, "an opening"); err != nil {
		return err
	}
	var o opened
	if err := a.into(&o); err != nil {
		v.violated(wrong, "an opening returned no room")
		return errOutcomeUnknown
	}
	v.recordOpening(who, o)
	return nil
}

// openConcurrently opens a room with four parallel calls, which must all return the same
// room. It returns false if none of the calls returned a room.
func (v *visit) openConcurrently(ctx context.Context, who *visitor, path string) bool {
	var first *opened
	newRooms := 0
	for _, a := range concurrently(4, func(int) answer { return v.call(ctx, http.MethodGet, path, nil) }) {
		if a.outcome == unknown {
			who.openUnknown = true
		}
		if v.requireAcknowledged(a, "an opening") != nil {
			continue
		}
		var o opened
		if err := a.into(&o); err != nil {
			v.violated(wrong, "an opening returned no room")
			continue
		}
		if o.NewRoom {
			newRooms++
		}
		if first == nil {
			first = &o
		}
		if o.Room.ID != first.Room.ID {
			v.violated(duplicated, "parallel openings of one visitor returned %s and %s", first.Room.ID, o.Room.ID)
		}
	}
	if newRooms > 1 {
		v.violated(duplicated, "%d parallel openings say that the room is new", newRooms)
	}
	if first == nil {
		return false
	}
	first.NewRoom = newRooms == 1
	v.recordOpening(who, *first)
	return true
}

// recordOpening compares the answer to an opening with the model, and records the room.
func (v *visit) recordOpening(who *visitor, o opened) {
	known := v.roomWith(o.Room.ID)
	mayBeOpen := who.openUnknown
	who.openUnknown = false
	switch {
	case who.room != nil && who.room.id != o.Room.ID:
		v.violated(lost, "the visitor's open room was %s, but the call returned %s", who.room.id, o.Room.ID)
	case who.room != nil && o.NewRoom:
		v.violated(duplicated, "the room %s is reported as new twice", o.Room.ID)
	case who.room == nil && known != nil:
		v.violated(wrong, "the room %s, which is closed or belongs to somebody else, was opened again", o.Room.ID)
	case who.room == nil && !o.NewRoom && !mayBeOpen:
		v.violated(wrong, "the room %s is not new, but nobody opened it", o.Room.ID)
	}
	if known == nil {
		known = &room{id: o.Room.ID, owner: who, open: true}
		v.rooms = append(v.rooms, known)
	} else {
		v.compareCount(known, o.Room.MessageCount)
	}
	who.room = known
}
