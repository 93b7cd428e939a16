package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// roomMessages sums up the messages of a room.
type roomMessages struct {
	// posted counts the messages that people wrote.
	posted int
	// started reports whether the system message about the start of the chat exists. If
	// so, this service opened the room, so none of its messages were imported.
	started bool
	// withoutID holds the sort keys of the messages that can't be found by their id.
	withoutID []string
}

// checkRoomsMessages checks the room's message count, and that its messages can be found by
// their ids.
//
// An id's item without a message is not a problem. It is kept when the message is
// deleted, so that the id stays used.
func (w *tableScan) checkRoomsMessages(ctx context.Context, room livechat.Room, item table.Item) ([]Problem, error) {
	messages, err := w.messagesOf(ctx, room.ID)
	if err != nil {
		return nil, err
	}
	// If the room changed while its messages were read, they can't be compared.
	if same, err := w.unchanged(ctx, item); err != nil || !same {
		return nil, err
	}
	if len(messages.withoutID) > 0 {
		return w.messagesWithoutID(room, messages), nil
	}
	// A room may have been imported without all its messages.
	allLost := messages.posted == 0 && room.MaxMessageBytes > 0
	if messages.posted == room.MessageCount || !messages.started && !allLost {
		return nil, nil
	}
	return []Problem{{
		Kind: "messages-counted-wrongly",
		Says: fmt.Sprintf("room %s counts %d messages, but has %d", room.ID, room.MessageCount, messages.posted),
		Mend: "correct the count",
		repair: func(ctx context.Context) error {
			_, err := w.table.Update(ctx, item.Key(), layout.CorrectMessageCount(room, messages.posted))
			return err
		},
	}}, nil
}

// unchanged reports whether the room's item still has the version that was read.
func (w *tableScan) unchanged(ctx context.Context, item table.Item) (bool, error) {
	now, err := w.table.Get(ctx, item.Key())
	return now.Text(layout.IDIndexPK) == item.Text(layout.IDIndexPK) && layout.Version(now) == layout.Version(item), err
}

// messagesOf reads the keys of a room's messages and of the items for their ids.
func (w *tableScan) messagesOf(ctx context.Context, rid string) (roomMessages, error) {
	var messages roomMessages
	withoutID := map[string]string{} // sort keys by id
	only := table.Partition{PK: layout.MessagesPartition(rid), Only: "PK, SK, #id, #t", Names: map[string]string{"#id": "_id", "#t": "t"}}
	err := w.table.Each(ctx, only, func(item table.Item) error {
		sort := item.Key().SK
		if id, isID := strings.CutPrefix(sort, layout.PrefixMessageID); isID {
			delete(withoutID, id) // the items for ids sort after the messages
			return nil
		}
		if item.Text("t") == "" {
			messages.posted++
		}
		messages.started = messages.started || item.Text("t") == livechat.MessageStarted
		if key, ok := layout.TimedMessageKey(rid, item.Text("_id")); !ok || key != item.Key() {
			withoutID[item.Text("_id")] = sort
		}
		return nil
	})
	messages.withoutID = slices.Sorted(maps.Values(withoutID))
	return messages, err
}

func (w *tableScan) messagesWithoutID(room livechat.Room, messages roomMessages) []Problem {
	return []Problem{{
		Kind: "message-without-id",
		Says: "room " + room.ID + " has messages that are not found by their id, for example " + messages.withoutID[0],
		Mend: "write the items for their ids",
		repair: func(ctx context.Context) error {
			for _, sort := range messages.withoutID {
				if err := w.writeMessageID(ctx, room, sort); err != nil {
					return err
				}
			}
			return nil
		},
	}}
}

// writeMessageID writes the item for the id of the room's message with the sort key.
func (w *tableScan) writeMessageID(ctx context.Context, room livechat.Room, sort string) error {
	key := table.Key{PK: layout.MessagesPartition(room.ID), SK: sort}
	item, err := w.table.Get(ctx, key)
	if err != nil || item == nil {
		return err
	}
	message, err := layout.DecodeMessage(item, room)
	if err != nil {
		return err
	}
	id, err := layout.MessageIDItem(message)
	if err != nil {
		return err
	}
	return w.table.Transact(ctx, table.Write{Put: id}, table.Write{Check: &key, If: layout.IfPresent})
}

// checkRoomExists checks that the room of the messages or answers in the item's partition
// exists.
func (w *tableScan) checkRoomExists(ctx context.Context, what, rid string, item table.Item) ([]Problem, error) {
	_, err := w.Store.RoomByID(ctx, rid)
	if !errors.Is(err, livechat.ErrInvalidRoom) {
		return nil, err
	}
	return []Problem{{
		Kind: "orphaned-" + what, Says: what + " of room " + rid + ", which does not exist",
		Mend: "delete them", LosesData: true,
		repair: func(ctx context.Context) error {
			keys, err := w.table.QueryKeys(ctx, item.Key().PK)
			if err != nil {
				return err
			}
			return w.table.DeleteAll(ctx, keys)
		},
	}}, nil
}
