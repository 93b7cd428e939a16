package layout

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// linkAfterlife is the time for which an expired link is kept.
const linkAfterlife = 30 * 24 * time.Hour

// LinkItem returns the link's item. The item is kept after the link has expired, so that
// the link is reported as expired and not as unknown.
func LinkItem(l livechat.Link) (table.Item, error) {
	return table.NewItem(LinkKey(l.Hash), l, table.Values{FieldExpiry: Seconds(l.ExpiresAt.Add(linkAfterlife))})
}
