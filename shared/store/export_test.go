package store

import (
	"context"
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

// SetLoad makes an agent's load what it is not.
func (s *Store) SetLoad(ctx context.Context, id string, rooms int) error {
	_, err := s.table.Update(ctx, agentKey(id), table.Change{
		Expression: "SET openRooms = :rooms", Values: table.Values{":rooms": rooms},
	})
	return err
}
