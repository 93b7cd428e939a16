package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// Say is what somebody says in a room: the room as the message finds it, and the
// message. A user who takes the room first returns it as taken.
type Say = func(livechat.Room) (livechat.Room, livechat.Message, error)

// PostVisitorMessage puts a message with that id into a room of the visitor whose
// token it is, and returns it as it stands there. A message of theirs that has
// the id already is returned as it is: the call was repeated.
//
// It fails with [livechat.ErrInvalidToken], [livechat.ErrInvalidRoom], with
// [livechat.ErrInvalidMessage] when the id is another's, or of a message that was
// deleted, and with whatever say fails with, such as for a closed room.
func (s *Store) PostVisitorMessage(ctx context.Context, token, rid, id string, say Say) (livechat.Message, error) {
	return s.post(ctx, id, say, livechat.Room.WrittenByVisitor, func() (seenRoom, error) {
		return s.visitorsRoom(ctx, token, rid, layout.PlaceKey(rid, id))
	})
}

// PostMessage puts a user's message with that id, which is new, into the room
// with the id rid. It fails with [livechat.ErrInvalidRoom], and with whatever say
// fails with.
func (s *Store) PostMessage(ctx context.Context, rid, id string, say Say) (livechat.Message, error) {
	return s.post(ctx, id, say, whoever, func() (seenRoom, error) { return s.roomByID(ctx, rid, layout.PlaceKey(rid, id)) })
}

// PostInOpenRoom puts a message with that id, which is new, into the open room of
// the visitor whose token it is. It fails with [livechat.ErrInvalidToken], with
// [livechat.ErrInvalidRoom] when they have none, and with whatever say fails with.
func (s *Store) PostInOpenRoom(ctx context.Context, token, id string, say Say) (livechat.Message, error) {
	return s.post(ctx, id, say, whoever, func() (seenRoom, error) {
		_, room, err := s.VisitorByToken(ctx, token)
		if err == nil && room == nil {
			err = livechat.ErrInvalidRoom
		}
		if err != nil {
			return seenRoom{}, err
		}
		return s.visitorsRoom(ctx, token, room.ID, layout.PlaceKey(room.ID, id))
	})
}

// whoever is whose a message is that has a new id: the caller's.
func whoever(livechat.Room, livechat.Message) bool { return true }

// post reads the room, has say speak in it, and writes that; all again when the
// room was written anew meanwhile. A message that is there already must be mine.
func (s *Store) post(
	ctx context.Context, id string, say Say,
	mine func(livechat.Room, livechat.Message) bool, read func() (seenRoom, error),
) (livechat.Message, error) {
	var posted livechat.Message
	err := untilUnchanged(ctx, func() error {
		seen, err := read()
		if err != nil {
			return err
		}
		there, err := s.messageIn(ctx, seen, id)
		if err != nil {
			return err
		}
		if there != nil {
			posted = *there
			if !mine(seen.Room, posted) {
				return livechat.ErrInvalidMessage
			}
			return nil
		}
		room, message, err := say(seen.Room)
		if err != nil {
			return err
		}
		posted, err = s.write(ctx, seen, room, message)
		return err
	})
	if err != nil {
		return livechat.Message{}, fmt.Errorf("post message: %w", err)
	}
	return posted, nil
}

const (
	// enoughUnsaved messages in a room's item have the next one write it anew.
	enoughUnsaved = 6
	// quiet is for how long nobody has said anything when a rush is over.
	quiet = 200 * time.Millisecond
)

// write puts the message behind those that the room has. By itself it is added to
// the room's item, which any number of calls can do at once, without one being in
// the way of the others; when there are enough, the item is written anew.
func (s *Store) write(ctx context.Context, seen seenRoom, room livechat.Room, m livechat.Message) (livechat.Message, error) {
	taken := len(room.Unsaved) != len(seen.Unsaved)
	if !taken && !writesAnew(seen, m) {
		return s.add(ctx, seen, m)
	}
	next, said := room.Append(m)
	err := s.replace(ctx, seen.Room, next)
	if errors.Is(err, ErrChanged) && !taken && !crowded(seen.Room) {
		return s.add(ctx, seen, m) // somebody else was faster, which is enough
	}
	return said, err
}

// writesAnew says whether the call that says the message writes the item anew. Of
// many calls at once only one can succeed: in a rush, the more messages have come
// together, the fewer of the calls try. When no more can be added, some must.
func writesAnew(seen seenRoom, m livechat.Message) bool {
	unsaved := len(seen.Unsaved)
	switch {
	case unsaved < enoughUnsaved && !layout.Full(seen.item):
		return false
	case m.Ts.Sub(seen.Latest) >= quiet:
		return true
	case layout.Full(seen.item):
		return rand.N(4) == 0
	}
	return rand.N(unsaved-enoughUnsaved+1) == 0
}

// replace writes a room that stays where it is, and the writes beside it.
func (s *Store) replace(ctx context.Context, was, next livechat.Room, beside ...table.Write) error {
	if crowded(was) {
		return s.settle(ctx, was)
	}
	writes, err := layout.ReplaceRoom(next)
	if err != nil {
		return err
	}
	if err := layout.NoteSettled(writes[0].Put, was, next); err != nil {
		return err
	}
	err = s.withLoad(ctx, was, next, func() error { return s.table.Transact(ctx, append(writes, beside...)...) })
	return changedIfLost(err)
}

// waitForPlace waits for as long as another call takes to write the item anew, and
// then fails with ErrChanged.
func waitForPlace(ctx context.Context) error {
	if err := table.Pause(ctx, placeWait+rand.N(2*placeWait)); err != nil {
		return &livechat.Error{Kind: livechat.Unavailable, Err: err}
	}
	return ErrChanged
}

const placeWait = 40 * time.Millisecond

// add adds the message to the room's item, and returns it as it then stands.
func (s *Store) add(ctx context.Context, seen seenRoom, m livechat.Message) (livechat.Message, error) {
	if layout.Full(seen.item) {
		return livechat.Message{}, waitForPlace(ctx)
	}
	item, err := s.table.Update(ctx, seen.item.Key(), layout.AddMessage(m, seen.Room, seen.item))
	if failed, lost := errors.AsType[*table.ConditionFailed](err); lost {
		// It may be there: the write was done, its answer lost, and done again.
		item, err = failed.Old, nil
	}
	if err != nil {
		return livechat.Message{}, err
	}
	return addedIn(item, seen.ID, m.ID)
}

// addedIn returns the message with the id as the room's item tells of it, or
// ErrChanged.
func addedIn(item table.Item, rid, id string) (livechat.Message, error) {
	if item.Text(layout.IndexKey) != layout.IndexRoom(rid) {
		return livechat.Message{}, ErrChanged
	}
	room, err := layout.DecodeRoom(item)
	if err != nil {
		return livechat.Message{}, err
	}
	if m := unsavedIn(room, id); m != nil {
		return m.WithParsed(), nil
	}
	return livechat.Message{}, ErrChanged
}

func unsavedIn(room livechat.Room, id string) *livechat.Message {
	for i := range room.Unsaved {
		if room.Unsaved[i].ID == id {
			return &room.Unsaved[i]
		}
	}
	return nil
}

// messageIn returns the message with the id; nil where the room, which was read
// with the message's place beside it, never had it. It fails with
// [livechat.ErrInvalidMessage] when it was deleted.
func (s *Store) messageIn(ctx context.Context, seen seenRoom, id string) (*livechat.Message, error) {
	if unsaved := unsavedIn(seen.Room, id); unsaved != nil {
		m := unsaved.WithParsed()
		return &m, nil
	}
	at := seen.beside[layout.PlaceKey(seen.ID, id)]
	if at == nil && layout.SettledIn(seen.item, id) {
		return nil, ErrChanged // since its place was read
	}
	if at == nil {
		return nil, nil
	}
	var where layout.Place
	if err := at.Decode(&where); err != nil {
		return nil, err
	}
	key := table.Key{PK: layout.MessagesPartition(seen.ID), SK: where.SK}
	items, err := s.table.BatchGet(ctx, key)
	if err != nil {
		return nil, err
	}
	if items[key] == nil {
		return nil, livechat.ErrInvalidMessage
	}
	m, err := layout.DecodeMessage(items[key], seen.Room)
	m = m.WithParsed()
	return &m, err
}

// roomByID reads a room by its id, and what is wanted beside it.
func (s *Store) roomByID(ctx context.Context, rid string, beside ...table.Key) (seenRoom, error) {
	if !livechat.CanBeID(rid) {
		return seenRoom{}, livechat.ErrInvalidRoom
	}
	found, items, err := s.byID(ctx, beside, layout.IndexRoom(rid))
	if err != nil {
		return seenRoom{}, err
	}
	room, err := roomIn(found, rid)
	return seenRoom{room, found[layout.IndexRoom(rid)], items}, err
}
