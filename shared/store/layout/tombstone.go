package layout

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// TombstoneLife is the lifetime of a deleted visitor's tombstone. It is far longer than
// any call that may have read the profile before the deletion.
const TombstoneLife = 5 * time.Minute

// FieldDeletedVisitor holds the id of the tombstone's visitor.
const FieldDeletedVisitor = "deletedVisitor"

// Tombstone returns the item that occupies OPEN while the visitor is deleted. It keeps
// the usage counted for the token, so that deleting the visitor does not reset a limit.
func Tombstone(v livechat.Visitor, now livechat.Time) (table.Item, error) {
	return table.NewItem(OpenKey(v.Token), struct{}{}, table.Values{
		FieldDeletedVisitor: v.ID, fieldUsage: v.RoomUsage, FieldExpiry: Seconds(now.Add(TombstoneLife)),
	})
}

// IsTombstone reports whether the item is a tombstone, expired or not.
func IsTombstone(item table.Item) bool {
	_, ok := item[FieldDeletedVisitor]
	return ok
}

const (
	// IfNotBeingDeleted holds unless OPEN has an unexpired tombstone for the visitor.
	IfNotBeingDeleted = "(attribute_not_exists(deletedVisitor) OR deletedVisitor <> :visitor OR expires <= :now)"
	// IfNoRoom holds if OPEN is free, or holds a vacancy or a tombstone, see HasRoom.
	IfNoRoom = "(attribute_not_exists(PK) OR attribute_exists(" + FieldExpiry + "))"
	// IfCanOpenRoom holds if an open room can be stored for the visitor.
	IfCanOpenRoom = IfNoRoom + " AND " + IfNotBeingDeleted
)

// OpenRoomValues returns the values for IfCanOpenRoom and IfNotBeingDeleted.
func OpenRoomValues(visitorID string, now livechat.Time) table.Values {
	return table.Values{":visitor": visitorID, ":now": Seconds(now)}
}
