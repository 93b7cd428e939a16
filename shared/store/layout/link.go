package layout

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// linkAfterlife is for how long an expired link is still known.
const linkAfterlife = 30 * 24 * time.Hour

// LinkItem outlives the link a little: an expired one is answered kindly, and
// not as unknown.
func LinkItem(l livechat.Link) (table.Item, error) {
	return table.NewItem(LinkKey(l.Hash), l, table.Values{FieldExpiry: Seconds(l.ExpiresAt.Add(linkAfterlife))})
}
