package layout

import (
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// DayKey returns the key of one part of a day's figures. The figures of a day can need
// several items.
func DayKey(day string, part int) table.Key {
	return table.Key{PK: PartitionRollups, SK: fmt.Sprintf("%s#%04d", day, part)}
}

// DayParts selects the items of the days from and to, inclusive.
func DayParts(from, to string) table.Partition {
	return table.Partition{PK: PartitionRollups, From: from, To: to + "#\U0010ffff"}
}

// StaleDayItem returns the item that marks a day whose figures must be recomputed. Its
// random id distinguishes the mark from a later mark of the same day.
func StaleDayItem(day string) (table.Item, error) {
	return table.NewItem(table.Key{PK: PartitionStale, SK: day}, struct {
		ID string `json:"_id"`
	}{livechat.NewID()}, nil)
}
