package layout

import (
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// DayKey is the key of one part of a day's figures, which can take several items.
func DayKey(day string, part int) table.Key {
	return table.Key{PK: PartitionRollups, SK: fmt.Sprintf("%s#%04d", day, part)}
}

// DayParts selects the items of the days from and to, inclusive.
func DayParts(from, to string) table.Partition {
	return table.Partition{PK: PartitionRollups, From: from, To: to + "#\U0010ffff"}
}

// StaleItem marks a day whose figures must be computed again. Its id distinguishes the
// mark from a later mark.
func StaleItem(day string) (table.Item, error) {
	return table.NewItem(table.Key{PK: PartitionStale, SK: day}, struct {
		ID string `json:"_id"`
	}{livechat.NewID()}, nil)
}
