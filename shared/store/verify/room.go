package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// kept is what a room's partition has of its messages, by keys.
type kept struct {
	messages, said int
	// started says that the message is there that begins a room which was opened
	// here: all of its messages are this service's.
	started bool
	// unplaced is a message, by its sort key and id, whose place is not known, or
	// known wrongly.
	unplaced, unplacedID string
}

// roomsMessages compares the messages that the room tells of with those there are.
//
// A place without message is none to speak of: a message that was taken back leaves
// its place, so that its id stays used.
func (w *walk) roomsMessages(ctx context.Context, room livechat.Room, item table.Item) (*Problem, error) {
	found, err := w.keptOf(ctx, room.ID)
	if err != nil {
		return nil, err
	}
	// What was said while the messages were read tells nothing.
	now, err := w.Store.Table().Get(ctx, item.Key())
	if err != nil || now.Text(layout.IndexKey) != item.Text(layout.IndexKey) || layout.Version(now) != layout.Version(item) {
		return nil, err
	}
	if found.unplaced != "" {
		return w.unplaced(room, found), nil
	}
	settled := room
	if room.Settled != nil {
		settled = *room.Settled
	}
	for _, m := range room.Unsaved {
		found.started = found.started || m.Type == livechat.MessageStarted
	}
	lost := found.messages < settled.Messages
	if !lost && (!found.started || found.messages == settled.Messages && found.said == settled.Msgs) {
		return nil, nil
	}
	return &Problem{
		Kind: "messages-counted-wrongly",
		Says: fmt.Sprintf("room %s tells of %d messages, %d of them said, and has %d and %d",
			room.ID, settled.Messages, settled.Msgs, found.messages, found.said),
		Mend: "have the room tell of those there are",
		repair: func(ctx context.Context) error {
			said := settled.Msgs
			if found.started || lost {
				said = found.said
			}
			_, err := w.Store.Table().Update(ctx, item.Key(), table.Change{
				Expression: "SET msgs = :said, " + layout.FieldTold + " = :told ADD version :one",
				If:         layout.IfUnchanged + " AND " + layout.IndexKey + " = :room",
				Values: table.Values{
					":said": said, ":told": layout.Told{Latest: settled.Latest, Messages: found.messages}, ":one": 1,
					":version": room.Version, ":room": layout.IndexRoom(room.ID),
				},
			})
			return err
		},
	}, nil
}

// keptOf goes through the keys of a room's messages, and of where they stand.
func (w *walk) keptOf(ctx context.Context, rid string) (kept, error) {
	var found kept
	at := map[string]string{} // sort keys by id
	only := table.Partition{PK: layout.MessagesPartition(rid), Only: "PK, SK, #id, #t, place", Names: map[string]string{"#id": "_id", "#t": "t"}}
	err := w.Store.Table().Each(ctx, only, func(item table.Item) error {
		sort := item.Key().SK
		if id, isPlace := strings.CutPrefix(sort, layout.PrefixPlace); isPlace {
			if at[id] == item.Text("place") {
				delete(at, id)
			}
			return nil
		}
		found.messages++
		if item.Text("t") == "" {
			found.said++
		}
		found.started = found.started || item.Text("t") == livechat.MessageStarted
		at[item.Text("_id")] = sort
		return nil
	})
	for id, sort := range at {
		if found.unplaced == "" || sort < found.unplaced {
			found.unplaced, found.unplacedID = sort, id
		}
	}
	return found, err
}

func (w *walk) unplaced(room livechat.Room, found kept) *Problem {
	return &Problem{
		Kind: "message-without-place", Says: "room " + room.ID + " has messages that are not found by their id, such as " + found.unplacedID,
		Mend: "note where they stand",
		repair: func(ctx context.Context) error {
			for {
				item, err := table.NewItem(layout.PlaceKey(room.ID, found.unplacedID), layout.Place{SK: found.unplaced}, nil)
				if err != nil {
					return err
				}
				message := table.Key{PK: layout.MessagesPartition(room.ID), SK: found.unplaced}
				err = w.Store.Table().Transact(ctx, table.Write{Put: item}, table.Write{Check: &message, If: layout.IfPresent})
				if err != nil {
					return err
				}
				if found, err = w.keptOf(ctx, room.ID); err != nil || found.unplaced == "" {
					return err
				}
			}
		},
	}
}

// ofRoom looks whether the room is there that messages or answers are of. What is
// said of it, in the audit, outlives it.
func (w *walk) ofRoom(ctx context.Context, what, rid, partition string) ([]Problem, error) {
	_, err := w.Store.RoomByID(ctx, rid)
	if !errors.Is(err, livechat.ErrInvalidRoom) {
		return nil, err
	}
	return one(Problem{
		Kind: "orphaned-" + what, Says: what + " of room " + rid + ", which is not there",
		Mend: "delete them", Loses: true,
		repair: func(ctx context.Context) error {
			var keys []table.Key
			items, err := w.Store.Table().Query(ctx, table.Partition{PK: partition, Only: "PK, SK"})
			for _, item := range items {
				keys = append(keys, item.Key())
			}
			if err != nil {
				return err
			}
			return w.Store.Table().DeleteAll(ctx, keys)
		},
	}), nil
}

// answer looks at an entry of a room's answer history.
func (w *walk) answer(ctx context.Context, rid string, item table.Item) ([]Problem, error) {
	var entry livechat.AnswerEntry
	if err := item.Decode(&entry); err != nil || entry.RoomID != rid || item.Key() != layout.AnswerKey(entry) {
		return unreadable("the answer"), nil //nolint:nilerr // that is the problem
	}
	problems := w.ageKeys(item, "an answer about room "+rid, layout.Aged(layout.ListAnswers, entry.Ts, entry.ID))
	orphaned, err := w.ofRoom(ctx, "answers", rid, item.Key().PK)
	return append(problems, orphaned...), err
}

// audit looks at an audit entry: whatever it is about, it may outlive it.
func (w *walk) audit(item table.Item) []Problem {
	var entry livechat.AuditEntry
	if err := item.Decode(&entry); err != nil || item.Key() != layout.AuditKey(entry) {
		return unreadable("the audit entry")
	}
	return w.ageKeys(item, "an audit entry", layout.Aged(layout.ListAudit, entry.Ts, entry.ID))
}

// ageKeys are those by which an item is found when it is old.
func (w *walk) ageKeys(item table.Item, what string, wanted table.Values) []Problem {
	keys := map[string]string{}
	for name, value := range wanted {
		keys[name] = fmt.Sprint(value)
	}
	p, wrong := w.setIndexKeys(item, keys)
	if !wrong {
		return nil
	}
	p.Kind, p.Says = "age-keys", what+" "+p.Says
	return one(p)
}
