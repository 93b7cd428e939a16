package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Conditions of writes. IfUnchanged holds while the item has the :version that the write
// was computed from.
const (
	IfAbsent    = "attribute_not_exists(PK)"
	IfPresent   = "attribute_exists(PK)"
	IfUnchanged = "version = :version"
)

// IfSame is the condition that the room stands where it was read, unchanged.
// The version alone would not do: another room of the same version can have come
// to stand there.
func IfSame(r livechat.Room) (string, table.Values) {
	return IfUnchanged + " AND " + IDIndexPK + " = :room",
		table.Values{":version": r.Version, ":room": IndexRoom(r.ID)}
}

// Version is the item's, 0 of one that has none.
func Version(item table.Item) int {
	var stored struct {
		Version int `json:"version"`
	}
	if item.Decode(&stored) != nil {
		return 0
	}
	return stored.Version
}

// Seconds is the time as DynamoDB's time to live wants it: in seconds since 1970.
func Seconds(t livechat.Time) int64 { return t.Time().Unix() }
