package layout

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// vacancyLife is the lifetime of a vacancy. It lasts beyond the minute in which the limit
// on opening rooms counts the vacancy's room.
const vacancyLife = 2 * time.Minute

// FieldLastRoom holds the id of the room that a vacancy replaced.
const FieldLastRoom = "lastRoom"

// Leave returns the write that removes a room from its key. An open room is replaced with
// a vacancy, which holds the room's id and the visitor's usage. With the id, concurrent
// calls that open the next room count as one opening. With the usage, the visitor's
// limits keep counting.
func Leave(room livechat.Room, now livechat.Time) (table.Write, error) {
	key := RoomKey(room)
	same, values := IfSame(room)
	if !room.Open {
		return table.Write{Delete: &key, If: same, Values: values}, nil
	}
	vacancy, err := table.NewItem(key, struct {
		LastRoom string             `json:"lastRoom"`
		Usage    livechat.RateUsage `json:"usage"`
	}{room.ID, room.Usage}, table.Values{FieldExpiry: Seconds(now.Add(vacancyLife))})
	return table.Write{Put: vacancy, If: same, Values: values}, err
}

// HasRoom reports whether the item under OPEN is a room. Vacancies and tombstones expire,
// but rooms do not.
func HasRoom(item table.Item) bool { return item != nil && item[FieldExpiry] == nil }
