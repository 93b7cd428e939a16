package api

import (
	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

// The longest texts of bodies, in characters.
const (
	// maxText is for what somebody writes at length.
	maxText = livechat.MaxText
	// maxShortText is for a name, an address or a number.
	maxShortText = 256
)

var (
	idText    = schema.Text{Max: livechat.MaxID}
	tokenText = schema.Text{Max: livechat.MaxToken}
	shortText = schema.Text{Max: maxShortText}
	// saidText is what a message says: not nothing.
	saidText = schema.Text{Min: 1, Max: maxText}
)
