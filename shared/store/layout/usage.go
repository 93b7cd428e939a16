package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// fieldUsage holds the visitor's RateUsage in a profile, room, vacancy or tombstone.
const fieldUsage = "usage"

// UsageIn returns the RateUsage in the item.
func UsageIn(item table.Item) (livechat.RateUsage, error) {
	var kept struct {
		Usage livechat.RateUsage `json:"usage"`
	}
	err := item.Decode(&kept)
	return kept.Usage, err
}
