package store

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

const (
	ifAbsent    = "attribute_not_exists(PK)"
	ifPresent   = "attribute_exists(PK)"
	ifUnchanged = "version = :version"
)

// roomItem returns the room as the next version of its item.
func roomItem(r livechat.Room) (table.Item, error) {
	return table.NewItem(roomKey(r), r, table.Values{
		indexKey: indexRoom(r.ID), "version": r.Version + 1,
	})
}

// ifSame is the condition that the room stands where it was read, unchanged.
// The version alone would not do: another room of the same version can have come
// to stand there.
func ifSame(r livechat.Room) (string, table.Values) {
	return ifUnchanged + " AND " + indexKey + " = :room",
		table.Values{":version": r.Version, ":room": indexRoom(r.ID)}
}

// replaceRoom writes the room in the place of what it was computed from.
func replaceRoom(r livechat.Room) (table.Write, error) {
	item, err := roomItem(r)
	condition, values := ifSame(r)
	return table.Write{Put: item, If: condition, Values: values}, err
}

func visitorItem(v livechat.Visitor) (table.Item, error) {
	further := table.Values{indexKey: indexVisitor(v.ID), "version": v.Version + 1}
	if v.Language != "" {
		further[fieldLanguage] = v.Language
	}
	return table.NewItem(profileKey(v.Token), v, further)
}

func decodeRoom(item table.Item) (livechat.Room, error) {
	var room livechat.Room
	err := item.Decode(&room)
	room.Version = version(item)
	return room, err
}

func decodeVisitor(item table.Item) (livechat.Visitor, error) {
	var visitor livechat.Visitor
	err := item.Decode(&visitor)
	visitor.Version = version(item)
	visitor.Language = item.Text(fieldLanguage)
	return visitor, err
}

// version is 0 of an item that has none.
func version(item table.Item) int {
	var stored struct {
		Version int `json:"version"`
	}
	if item.Decode(&stored) != nil {
		return 0
	}
	return stored.Version
}
