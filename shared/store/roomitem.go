package store

import (
	"context"
	"maps"
	"slices"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// What a room's item has beside the room's members. Messages are said by adding
// to fieldUnsaved, see add; every other change writes the item anew, and gives
// the unsaved messages items of their own.
const (
	// fieldUnsaved are the messages since the item was written anew, in their
	// order, and fieldUnsavedIDs their ids.
	fieldUnsaved      = "unsaved"
	fieldUnsavedIDs   = "unsavedIds"
	fieldUnsavedBytes = "unsavedBytes"
	// fieldSettledIDs are the ids of the messages that got items of their own when
	// the item was last written anew. A batch is no snapshot: who reads a message's
	// place before that and the room after it finds the id here.
	fieldSettledIDs = "settledIds"
	// fieldWritten is the version as which the item was written anew. While it
	// stays, nothing but messages was added.
	fieldWritten = "written"
	// fieldTold are the figures of the room that are not on the wire.
	fieldTold = "told"
	fieldLast = "lastMessage"
)

// told is Room.Latest and Room.Messages.
type told struct {
	Latest   livechat.Time `json:"latest"`
	Messages int           `json:"messages"`
}

// roomItem returns the room as the next version of its item, all its messages
// told of in items of their own.
func roomItem(r livechat.Room) (table.Item, error) {
	version, last := r.Version+1, r.LastMessage
	r.LastMessage = nil // kept as messages are, see stored
	further := table.Values{
		indexKey: indexRoom(r.ID), dueIndexPK: listPartition(r), dueIndexSK: listSort(r),
		"version": version, fieldWritten: version, fieldTold: told{r.Latest, r.Messages},
	}
	if last != nil {
		further[fieldLast] = stored(*last)
	}
	if len(r.Unsaved) > 0 {
		further[fieldSettledIDs] = idsOf(r.Unsaved)
	}
	return table.NewItem(roomKey(r), r, further)
}

// openingItem returns a room that has just begun, with its first messages in it:
// opening is one write.
func openingItem(r livechat.Room) (table.Item, error) {
	begun := r
	begun.Messages -= len(r.Unsaved)
	begun.Latest, begun.Unsaved = 0, nil
	return itemWith(begun, r.Unsaved)
}

func idsOf(messages []livechat.Message) []string {
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.ID)
	}
	return ids
}

// itemWith returns the room's item with messages that come after what it tells of.
func itemWith(r livechat.Room, unsaved []livechat.Message) (table.Item, error) {
	item, err := roomItem(r)
	if err != nil || len(unsaved) == 0 {
		return item, err
	}
	var messages []storedMessage
	bytes := 0
	for _, m := range unsaved {
		messages = append(messages, stored(m))
		bytes += sizeOf(m)
	}
	more, err := table.NewItem(roomKey(r), struct{}{}, table.Values{
		fieldUnsaved: messages, fieldUnsavedIDs: idsOf(unsaved), fieldUnsavedBytes: bytes,
	})
	if err != nil {
		return nil, err
	}
	maps.Copy(item, more)
	return item, nil
}

func decodeRoom(item table.Item) (livechat.Room, error) {
	var room livechat.Room
	var beside struct {
		Version int             `json:"version"`
		Told    told            `json:"told"`
		Last    *storedMessage  `json:"lastMessage"`
		Unsaved []storedMessage `json:"unsaved"`
	}
	if err := item.Decode(&room); err != nil {
		return room, err
	}
	if err := item.Decode(&beside); err != nil {
		return room, err
	}
	room.Version, room.Latest, room.Messages = beside.Version, beside.Told.Latest, beside.Told.Messages
	if beside.Last != nil {
		last := beside.Last.in(room)
		room.LastMessage = &last
	}
	if len(beside.Unsaved) > 0 {
		settled := room
		room.Settled = &settled
	}
	for _, m := range beside.Unsaved {
		room, _ = room.Append(m.in(room))
	}
	if room.LastMessage != nil {
		last := room.LastMessage.WithParsed()
		room.LastMessage = &last
	}
	return room, nil
}

// settledIn reports whether the message got an item of its own when the room's item
// was last written anew.
func settledIn(item table.Item, id string) bool {
	var settled struct {
		IDs []string `json:"settledIds"`
	}
	return item.Decode(&settled) == nil && slices.Contains(settled.IDs, id)
}

// full reports whether a room's item takes no further message.
func full(item table.Item) bool {
	var kept struct {
		IDs   []string `json:"unsavedIds"`
		Bytes int      `json:"unsavedBytes"`
	}
	return item.Decode(&kept) == nil && (len(kept.IDs) >= mostUnsaved || kept.Bytes >= mostUnsavedBytes)
}

// writtenAs is fieldWritten; of items from before there were messages, their
// version.
func writtenAs(item table.Item) int {
	var w struct {
		Written int `json:"written"`
		Version int `json:"version"`
	}
	if item.Decode(&w) != nil || w.Written == 0 {
		return w.Version
	}
	return w.Written
}

// ifSame is the condition that the room stands where it was read, unchanged.
// The version alone would not do: another room of the same version can have come
// to stand there.
func ifSame(r livechat.Room) (string, table.Values) {
	return ifUnchanged + " AND " + indexKey + " = :room",
		table.Values{":version": r.Version, ":room": indexRoom(r.ID)}
}

// replaceRoom writes the room in the place of what it was computed from, first,
// and behind it the messages that have no item yet.
func replaceRoom(r livechat.Room) ([]table.Write, error) {
	item, err := roomItem(r)
	if err != nil {
		return nil, err
	}
	messages, err := messageWrites(r.Unsaved)
	if err != nil {
		return nil, err
	}
	condition, values := ifSame(r)
	return append([]table.Write{{Put: item, If: condition, Values: values}}, messages...), nil
}

// crowded reports whether the room has more unsaved messages than one transaction
// gives items of their own, beside what else becomes of the room.
func crowded(r livechat.Room) bool { return len(r.Unsaved) > settledAtOnce }

// settledAtOnce messages and their places are 80 of the 100 items of a transaction.
const settledAtOnce = 40

// settle gives the first of a crowded room's unsaved messages items of their own;
// the rest stay with it. It fails with errChanged, also when it is done: whatever
// was computed from the room is to be computed again.
func (s *Store) settle(ctx context.Context, r livechat.Room) error {
	first, rest := r.Unsaved[:settledAtOnce], r.Unsaved[settledAtOnce:]
	settled := *r.Settled
	for _, m := range first {
		settled, _ = settled.Append(m)
	}
	settled.Version = r.Version
	item, err := itemWith(settled, rest)
	if err != nil {
		return err
	}
	messages, err := messageWrites(first)
	if err != nil {
		return err
	}
	condition, values := ifSame(r)
	err = s.table.Transact(ctx, append(messages, table.Write{Put: item, If: condition, Values: values})...)
	if err != nil {
		return changedIfLost(err)
	}
	return errChanged
}
