package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// fieldUsage is what a visitor wrote lately, in a profile, room or vacancy.
const fieldUsage = "usage"

// UsageIn returns the usage that the item keeps.
func UsageIn(item table.Item) (livechat.Usage, error) {
	var kept struct {
		Usage livechat.Usage `json:"usage"`
	}
	err := item.Decode(&kept)
	return kept.Usage, err
}
