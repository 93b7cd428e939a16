package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

const (
	// mostUnsaved is how many messages a room's item takes: more than come at once in any
	// conversation between people, and as many as can be read with every room of a
	// list.
	mostUnsaved = 150
	// mostUnsavedBytes, beside the last message to be added and a room's own members,
	// stays below the 400 KB that an item may have.
	mostUnsavedBytes = 200_000
)

// AddMessage is the change that adds the message to the room's item, behind those that it
// has. Any number of calls can make it at once. The item is the room's, as it was read.
func AddMessage(m livechat.Message, r livechat.Room, item table.Item) table.Change {
	return table.Change{
		Expression: addMessage, If: ifPlaceForMessage,
		Values: table.Values{
			":messages": []storedMessage{stored(m)}, ":ids": []string{m.ID}, ":id": m.ID,
			":bytes": sizeOf(m), ":one": 1, ":none": []string{},
			":list": ListPartition(r), ":sort": ListSort(r),
			":room": IndexRoom(r.ID), ":written": writtenAs(item),
			":most": mostUnsaved, ":mostBytes": mostUnsavedBytes,
		},
	}
}

const (
	addMessage = "SET " + DueIndexPK + " = if_not_exists(" + DueIndexPK + ", :list), " +
		DueIndexSK + " = if_not_exists(" + DueIndexSK + ", :sort), " + fieldUnsaved + " = list_append(if_not_exists(" + fieldUnsaved + ", :none), :messages), " +
		fieldUnsavedIDs + " = list_append(if_not_exists(" + fieldUnsavedIDs + ", :none), :ids) " +
		"ADD version :one, " + fieldUnsavedBytes + " :bytes"
	// ifPlaceForMessage holds while the item is the room's, has place, does not have
	// the message, and was not written anew: then the message may be among those that
	// have items of their own, where the call is a repetition. So it may be where the
	// message's place was read before the room's item was written anew, and the item
	// after it.
	ifPlaceForMessage = IndexKey + " = :room AND " +
		"(" + fieldWritten + " = :written OR attribute_not_exists(" + fieldWritten + ") AND version = :written) AND " +
		"(attribute_not_exists(" + fieldUnsaved + ") OR size(" + fieldUnsaved + ") < :most) AND " +
		"(attribute_not_exists(" + fieldUnsavedBytes + ") OR " + fieldUnsavedBytes + " < :mostBytes) AND " +
		"NOT contains(" + fieldUnsavedIDs + ", :id) AND NOT contains(" + fieldSettledIDs + ", :id)"
)

// Full reports whether a room's item takes no further message.
func Full(item table.Item) bool {
	var kept struct {
		IDs   []string `json:"unsavedIds"`
		Bytes int      `json:"unsavedBytes"`
	}
	return item.Decode(&kept) == nil && (len(kept.IDs) >= mostUnsaved || kept.Bytes >= mostUnsavedBytes)
}
