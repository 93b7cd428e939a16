package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// fieldUsage holds the visitor's MinuteUsage in a profile, room, vacancy or tombstone.
const fieldUsage = "usage"

// UsageIn returns the MinuteUsage in the item.
func UsageIn(item table.Item) (livechat.MinuteUsage, error) {
	var kept struct {
		Usage livechat.MinuteUsage `json:"usage"`
	}
	err := item.Decode(&kept)
	return kept.Usage, err
}
