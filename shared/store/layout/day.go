package layout

import (
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// DayKey is under the day; a day's figures can take several items.
func DayKey(day string, part int) table.Key {
	return table.Key{PK: PartitionRollups, SK: fmt.Sprintf("%s#%04d", day, part)}
}

// DayParts are the items of the days from and to, both included.
func DayParts(from, to string) table.Partition {
	return table.Partition{PK: PartitionRollups, From: from, To: to + "#\U0010ffff"}
}

// StaleItem says that the figures of a day have to be computed again. Its
// identity tells one such word from a later one.
func StaleItem(day string) (table.Item, error) {
	return table.NewItem(table.Key{PK: PartitionStale, SK: day}, struct {
		ID string `json:"_id"`
	}{livechat.NewID()}, nil)
}
