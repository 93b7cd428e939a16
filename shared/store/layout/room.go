package layout

import (
	"maps"
	"slices"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// What a room's item has beside the room's members. Messages are said by adding
// to fieldUnsaved, see AddMessage; every other change writes the item anew, and gives
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
	// FieldTold are the figures of the room that are not on the wire.
	FieldTold = "told"
	fieldLast = "lastMessage"
)

// Told is Room.Latest and Room.Messages.
type Told struct {
	Latest   livechat.Time `json:"latest"`
	Messages int           `json:"messages"`
}

// RoomItem returns the room as the next version of its item, all its messages
// told of in items of their own.
func RoomItem(r livechat.Room) (table.Item, error) {
	version, last := r.Version+1, r.LastMessage
	r.LastMessage = nil // kept as messages are, see storedMessage
	further := table.Values{
		IndexKey: IndexRoom(r.ID), DueIndexPK: ListPartition(r), DueIndexSK: ListSort(r),
		"version": version, fieldWritten: version, FieldTold: Told{r.Latest, r.Messages},
	}
	if last != nil {
		further[fieldLast] = stored(*last)
	}
	if len(r.Unsaved) > 0 {
		further[fieldSettledIDs] = idsOf(r.Unsaved)
	}
	return table.NewItem(RoomKey(r), r, further)
}

// OpeningItem returns a room that has just begun, with its first messages in it:
// opening is one write.
func OpeningItem(r livechat.Room) (table.Item, error) {
	begun := r
	begun.Messages -= len(r.Unsaved)
	begun.Latest, begun.Unsaved = 0, nil
	return RoomItemWith(begun, r.Unsaved)
}

func idsOf(messages []livechat.Message) []string {
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.ID)
	}
	return ids
}

// RoomItemWith returns the room's item with messages that come after what it tells of.
func RoomItemWith(r livechat.Room, unsaved []livechat.Message) (table.Item, error) {
	item, err := RoomItem(r)
	if err != nil || len(unsaved) == 0 {
		return item, err
	}
	var messages []storedMessage
	bytes := 0
	for _, m := range unsaved {
		messages = append(messages, stored(m))
		bytes += sizeOf(m)
	}
	more, err := table.NewItem(RoomKey(r), struct{}{}, table.Values{
		fieldUnsaved: messages, fieldUnsavedIDs: idsOf(unsaved), fieldUnsavedBytes: bytes,
	})
	if err != nil {
		return nil, err
	}
	maps.Copy(item, more)
	return item, nil
}

// DecodeRoom returns the room as it stands, with the messages since its item was
// written anew.
func DecodeRoom(item table.Item) (livechat.Room, error) {
	var room livechat.Room
	var beside struct {
		Version int             `json:"version"`
		Told    Told            `json:"told"`
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

// SettledIn reports whether the message got an item of its own when the room's item
// was last written anew.
func SettledIn(item table.Item, id string) bool {
	var settled struct {
		IDs []string `json:"settledIds"`
	}
	return item.Decode(&settled) == nil && slices.Contains(settled.IDs, id)
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

// ReplaceRoom returns the writes that put the room in the place of what it was computed
// from: that first, and behind it those of the messages that have no item yet.
func ReplaceRoom(r livechat.Room) ([]table.Write, error) {
	item, err := RoomItem(r)
	if err != nil {
		return nil, err
	}
	messages, err := MessageWrites(r.Unsaved)
	if err != nil {
		return nil, err
	}
	condition, values := IfSame(r)
	return append([]table.Write{{Put: item, If: condition, Values: values}}, messages...), nil
}

// NoteSettled notes in a room's new item the messages that get items of their own with
// it, one that is taken back before it had any among them.
func NoteSettled(item table.Item, was, next livechat.Room) error {
	ids := idsOf(next.Unsaved)
	for _, id := range idsOf(was.Unsaved) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	noted, err := table.NewItem(item.Key(), struct{}{}, table.Values{fieldSettledIDs: ids})
	if err != nil {
		return err
	}
	maps.Copy(item, noted)
	return nil
}
