package layout

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// vacancyLife is how long it is known which room stood under OPEN last: past the
// end of the minute in which the limit on opening rooms counts it.
const vacancyLife = 2 * time.Minute

// FieldLastRoom says which room it was that stood there.
const FieldLastRoom = "lastRoom"

// Leave returns the write that takes a room from its key. An open room leaves a
// vacancy, which names the room and keeps the visitor's usage: calls that open the
// next room at once all know it as the same one, and a limit goes on counting.
func Leave(room livechat.Room, now livechat.Time) (table.Write, error) {
	key := RoomKey(room)
	same, values := IfSame(room)
	if !room.Open {
		return table.Write{Delete: &key, If: same, Values: values}, nil
	}
	vacancy, err := table.NewItem(key, struct {
		LastRoom string         `json:"lastRoom"`
		Usage    livechat.Usage `json:"usage"`
	}{room.ID, room.Usage}, table.Values{FieldExpiry: Seconds(now.Add(vacancyLife))})
	return table.Write{Put: vacancy, If: same, Values: values}, err
}

// HasRoom reports whether the item under OPEN is a room and not a vacancy or a
// tombstone: those expire, and a room does not.
func HasRoom(item table.Item) bool { return item != nil && item[FieldExpiry] == nil }
