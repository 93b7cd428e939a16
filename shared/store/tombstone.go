package store

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// tombstoneLife is how long a deleted visitor's tombstone stands: far longer
// than any call that can have read the profile before it went.
const tombstoneLife = 5 * time.Minute

const fieldDeletedVisitor = "deletedVisitor"

func tombstone(v livechat.Visitor, now livechat.Time) (table.Item, error) {
	return table.NewItem(openKey(v.Token), struct{}{}, table.Values{
		fieldDeletedVisitor: v.ID, fieldExpiry: seconds(now.Add(tombstoneLife)),
	})
}

func isTombstone(item table.Item) bool {
	_, ok := item[fieldDeletedVisitor]
	return ok
}

const (
	// ifNotBeingDeleted holds when OPEN has no tombstone that is for the
	// visitor and still in force.
	ifNotBeingDeleted = "(attribute_not_exists(deletedVisitor) OR deletedVisitor <> :visitor OR expires <= :now)"
	// ifNoRoom holds when OPEN is free, or has a note in the place of a room, as
	// hasRoom says.
	ifNoRoom = "(attribute_not_exists(PK) OR attribute_exists(" + fieldExpiry + "))"
	// ifPlaceForRoom holds when the visitor may get an open room.
	ifPlaceForRoom = ifNoRoom + " AND " + ifNotBeingDeleted
)

// placeForRoom are the values of ifPlaceForRoom and ifNotBeingDeleted.
func placeForRoom(visitorID string, now livechat.Time) table.Values {
	return table.Values{":visitor": visitorID, ":now": seconds(now)}
}

// seconds is the unit of DynamoDB's time to live.
func seconds(t livechat.Time) int64 { return t.Time().Unix() }
