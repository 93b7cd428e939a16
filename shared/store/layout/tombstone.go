package layout

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// TombstoneLife is how long a deleted visitor's tombstone is kept: far longer
// than any call that can have read the profile before it went.
const TombstoneLife = 5 * time.Minute

// FieldDeletedVisitor says whose tombstone it is.
const FieldDeletedVisitor = "deletedVisitor"

// Tombstone returns the item that occupies OPEN while the visitor is deleted. Limits
// on the token go on counting from it.
func Tombstone(v livechat.Visitor, now livechat.Time) (table.Item, error) {
	return table.NewItem(OpenKey(v.Token), struct{}{}, table.Values{
		FieldDeletedVisitor: v.ID, fieldUsage: v.RoomUsage, FieldExpiry: Seconds(now.Add(TombstoneLife)),
	})
}

// IsTombstone reports whether the item is one, in force or not.
func IsTombstone(item table.Item) bool {
	_, ok := item[FieldDeletedVisitor]
	return ok
}

const (
	// IfNotBeingDeleted holds when OPEN has no tombstone that is for the
	// visitor and still in force.
	IfNotBeingDeleted = "(attribute_not_exists(deletedVisitor) OR deletedVisitor <> :visitor OR expires <= :now)"
	// IfNoRoom holds when OPEN is free, or has a note in the place of a room, as
	// HasRoom says.
	IfNoRoom = "(attribute_not_exists(PK) OR attribute_exists(" + FieldExpiry + "))"
	// IfPlaceForRoom holds when the visitor may get an open room.
	IfPlaceForRoom = IfNoRoom + " AND " + IfNotBeingDeleted
)

// PlaceForRoom are the values of IfPlaceForRoom and IfNotBeingDeleted.
func PlaceForRoom(visitorID string, now livechat.Time) table.Values {
	return table.Values{":visitor": visitorID, ":now": Seconds(now)}
}
