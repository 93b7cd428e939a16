package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Conditions of writes. IfUnchanged compares the stored version with the :version that
// was read.
const (
	IfAbsent    = "attribute_not_exists(PK)"
	IfPresent   = "attribute_exists(PK)"
	IfUnchanged = "version = :version"
)

// IfSame returns the condition that the room is still stored under its key, unchanged.
// The version alone is not enough, because another room with the same version may now be
// stored under the key.
func IfSame(r livechat.Room) (string, table.Values) {
	return IfUnchanged + " AND " + IDIndexPK + " = :room",
		table.Values{":version": r.Version, ":room": IndexRoom(r.ID)}
}

// CheckVersion returns the check that the item under the key has the version.
func CheckVersion(key table.Key, version int) table.Write {
	return table.Write{Check: &key, If: IfUnchanged, Values: table.Values{":version": version}}
}

// CheckAbsent returns the check that no item is stored under the key.
func CheckAbsent(key table.Key) table.Write { return table.Write{Check: &key, If: IfAbsent} }

// Version returns the item's version, or 0 if it has no version.
func Version(item table.Item) int {
	var stored struct {
		Version int `json:"version"`
	}
	if item.Decode(&stored) != nil {
		return 0
	}
	return stored.Version
}

// Seconds returns the time in seconds since 1970, as DynamoDB's time-to-live requires.
func Seconds(t livechat.Time) int64 { return t.Time().Unix() }
