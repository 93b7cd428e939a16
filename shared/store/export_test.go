package store

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// SetClock sets the clock that the age of the settings is measured by.
func SetClock(s *Store, now func() time.Time) { s.now = now }

// MessageItems are all the items that messages have once they have any.
func MessageItems(messages []livechat.Message) ([]table.Item, error) {
	writes, err := messageWrites(messages)
	var items []table.Item
	for _, w := range writes {
		items = append(items, w.Put)
	}
	return items, err
}
