package api

import (
	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

// The longest texts of bodies, in characters.
const (
	// maxText is for what a visitor writes at length.
	maxText = 5000
	// maxShortText is for a name, an address or a number.
	maxShortText = 256
)

var idText = schema.Text{Max: livechat.MaxID}
