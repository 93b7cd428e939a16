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

// found holds the results of messagesOf.
type found struct {
	// posted counts the messages that people wrote.
	posted int
	// started reports whether the system message about the start of the chat exists. If
	// so, this service opened the room, so none of its messages were imported.
	started bool
	// unnamed holds the sort keys of messages that can't be found by their id.
	unnamed []string
}

// roomsMessages checks the room's message count, and that its messages can be found by
// their ids.
//
// An id's item without a message is not a problem. It is kept when the message is
// deleted, so that the id stays used.
func (w *tableScan) roomsMessages(ctx context.Context, room livechat.Room, item table.Item) (*Problem, error) {
	messages, err := w.messagesOf(ctx, room.ID)
	if err != nil {
		return nil, err
	}
	// If the room changed while its messages were read, they can't be compared.
	if same, err := w.unchanged(ctx, item); err != nil || !same {
		return nil, err
	}
	if len(messages.unnamed) > 0 {
		return w.unnamed(room, messages), nil
	}
	// A room may have been imported without all its messages.
	allLost := messages.posted == 0 && room.MaxMessageBytes > 0
	if messages.posted == room.MessageCount || !messages.started && !allLost {
		return nil, nil
	}
	return &Problem{
		Kind: "messages-counted-wrongly",
		Says: fmt.Sprintf("room %s counts %d messages, but has %d", room.ID, room.MessageCount, messages.posted),
		Mend: "correct the count",
		repair: func(ctx context.Context) error {
			_, err := w.Store.Table().Update(ctx, item.Key(), table.Update{
				Expression: "SET msgs = :msgs ADD version :one",
				If:         layout.IfUnchanged + " AND " + layout.IDIndexPK + " = :room",
				Values: table.Values{
					":msgs": messages.posted, ":one": 1, ":version": room.Version, ":room": layout.IndexRoom(room.ID),
				},
			})
			return err
		},
	}, nil
}

// unchanged reports whether the room's item still has the version that was read.
func (w *tableScan) unchanged(ctx context.Context, item table.Item) (bool, error) {
	now, err := w.Store.Table().Get(ctx, item.Key())
	return now.Text(layout.IDIndexPK) == item.Text(layout.IDIndexPK) && layout.Version(now) == layout.Version(item), err
}

// roomsLongAnswers checks that the item with the room's long answers exists, if the room
// has long answers.
func (w *tableScan) roomsLongAnswers(ctx context.Context, room livechat.Room, item table.Item) (*Problem, error) {
	if len(room.LongAnswers) == 0 {
		return nil, nil
	}
	long, err := w.Store.Table().Get(ctx, layout.LongAnswersKey(room.ID))
	if err != nil || long != nil {
		return nil, err
	}
	if same, err := w.unchanged(ctx, item); err != nil || !same {
		return nil, err
	}
	return &Problem{
		Kind: "long-answers-missing", Says: "only the beginning of the long answers of room " + room.ID + " exists",
		WhyLeft: "the rest is in the room's answer history, or in a backup",
	}, nil
}

// messagesOf reads the keys of a room's messages and of the items for their ids.
func (w *tableScan) messagesOf(ctx context.Context, rid string) (found, error) {
	var messages found
	unnamed := map[string]string{} // sort keys by id
	only := table.Partition{PK: layout.MessagesPartition(rid), Only: "PK, SK, #id, #t", Names: map[string]string{"#id": "_id", "#t": "t"}}
	err := w.Store.Table().Each(ctx, only, func(item table.Item) error {
		sort := item.Key().SK
		if id, isID := strings.CutPrefix(sort, layout.PrefixMessageID); isID {
			delete(unnamed, id) // the items for ids sort after the messages
			return nil
		}
		if item.Text("t") == "" {
			messages.posted++
		}
		messages.started = messages.started || item.Text("t") == livechat.MessageStarted
		if key, ok := layout.TimedMessageKey(rid, item.Text("_id")); !ok || key != item.Key() {
			unnamed[item.Text("_id")] = sort
		}
		return nil
	})
	messages.unnamed = slices.Sorted(maps.Values(unnamed))
	return messages, err
}

func (w *tableScan) unnamed(room livechat.Room, messages found) *Problem {
	return &Problem{
		Kind: "message-without-id", Says: "room " + room.ID + " has messages that are not found by their id, for example " + messages.unnamed[0],
		Mend: "write the items for their ids",
		repair: func(ctx context.Context) error {
			for _, sort := range messages.unnamed {
				key := table.Key{PK: layout.MessagesPartition(room.ID), SK: sort}
				item, err := w.Store.Table().Get(ctx, key)
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
				if err := w.Store.Table().Transact(ctx, table.Write{Put: id}, table.Write{Check: &key, If: layout.IfPresent}); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// ofRoom checks that the room of the messages or answers in the partition exists.
func (w *tableScan) ofRoom(ctx context.Context, what, rid, partition string) ([]Problem, error) {
	_, err := w.Store.RoomByID(ctx, rid)
	if !errors.Is(err, livechat.ErrInvalidRoom) {
		return nil, err
	}
	return singleProblem(Problem{
		Kind: "orphaned-" + what, Says: what + " of room " + rid + ", which does not exist",
		Mend: "delete them", LosesData: true,
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

// answer examines an entry of a room's answer history, or the room's long answers.
func (w *tableScan) answer(ctx context.Context, rid string, item table.Item) ([]Problem, error) {
	if item.Key() == layout.LongAnswersKey(rid) {
		return w.ofRoom(ctx, "answers", rid, item.Key().PK)
	}
	var entry livechat.AnswerEntry
	if err := item.Decode(&entry); err != nil || entry.RoomID != rid || item.Key() != layout.AnswerKey(entry) {
		return unreadable("the answer"), nil //nolint:nilerr // reported as a problem
	}
	problems := w.ageKeys(item, "an answer about room "+rid, layout.AgedAnswers.IndexKeys(entry.Ts, entry.ID))
	orphaned, err := w.ofRoom(ctx, "answers", rid, item.Key().PK)
	return append(problems, orphaned...), err
}

// audit examines an audit entry. Its room or visitor need not exist any more.
func (w *tableScan) audit(item table.Item) []Problem {
	var entry livechat.AuditEntry
	if err := item.Decode(&entry); err != nil || item.Key() != layout.AuditKey(entry) {
		return unreadable("the audit entry")
	}
	return w.ageKeys(item, "an audit entry", layout.AgedAudit.IndexKeys(entry.Ts, entry.ID))
}

// ageKeys checks the index keys by which the retention job finds old items.
func (w *tableScan) ageKeys(item table.Item, what string, wanted table.Values) []Problem {
	p, wrong := w.indexKeysProblem(item, texts(wanted))
	if !wrong {
		return nil
	}
	p.Kind, p.Says = "age-keys", what+" "+p.Says
	return singleProblem(p)
}

func texts(values table.Values) map[string]string {
	all := map[string]string{}
	for name, value := range values {
		all[name] = fmt.Sprint(value)
	}
	return all
}
