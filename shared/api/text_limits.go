package api

import (
	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

// Limits on the texts of bodies, in characters.
const (
	// maxText is for prose.
	maxText = livechat.MaxText
	// maxShortText is for a name, an address or a number.
	maxShortText = 256
)

var (
	idText    = schema.Text{Max: livechat.MaxID}
	tokenText = schema.Text{Max: livechat.MaxToken}
	shortText = schema.Text{Max: maxShortText}
	// messageText is the text of a message, which must not be empty.
	messageText = schema.Text{Min: 1, Max: maxText}
)
