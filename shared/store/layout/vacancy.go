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

// Leave returns the write that takes a room from where it stands. A room that was open leaves behind which
// it was: so the calls that open the next one all know it as the same one, and what
// follows it as another.
func Leave(room livechat.Room, now livechat.Time) (table.Write, error) {
	key := RoomKey(room)
	same, values := IfSame(room)
	if !room.Open {
		return table.Write{Delete: &key, If: same, Values: values}, nil
	}
	vacancy, err := note(key, FieldLastRoom, room.ID, now.Add(vacancyLife))
	return table.Write{Put: vacancy, If: same, Values: values}, err
}

// note stands in the place of an open room until it expires.
func note(key table.Key, field, id string, until livechat.Time) (table.Item, error) {
	return table.NewItem(key, struct{}{}, table.Values{field: id, FieldExpiry: Seconds(until)})
}

// HasRoom reports whether the item is a room, and no note that stands in the place
// of one: a note expires, and no room does.
func HasRoom(item table.Item) bool { return item != nil && item[FieldExpiry] == nil }
