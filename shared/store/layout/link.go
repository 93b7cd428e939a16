package layout

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// linkAfterlife is how long an expired link is kept.
const linkAfterlife = 30 * 24 * time.Hour

// LinkItem outlives the link, so that an expired link is answered as expired, and not as
// unknown.
func LinkItem(l livechat.Link) (table.Item, error) {
	return table.NewItem(LinkKey(l.Hash), l, table.Values{FieldExpiry: Seconds(l.ExpiresAt.Add(linkAfterlife))})
}
