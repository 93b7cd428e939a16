package livechat

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
)

// Link is a code that leads to a survey, as it is kept: the code itself is in
// the visitor's mail and nowhere else.
type Link struct {
	Hash   string `json:"hash"`
	RoomID string `json:"rid"`
	// Address is the hash of the mail address the link was sent to; empty where
	// it was not sent by mail.
	Address   string `json:"address,omitempty"`
	ExpiresAt Time   `json:"expiresAt"`
}

// codeBytes make a code that cannot be guessed: 192 bits.
const codeBytes = 24

// NewCode returns a new code: 32 characters that need no escaping in a URL.
func NewCode() string {
	var random [codeBytes]byte
	rand.Read(random[:])
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// CanBeCode reports whether the text has the form of a code.
func CanBeCode(code string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(code)
	return err == nil && len(raw) == codeBytes
}

// LinkHash returns the form in which a code is stored.
func LinkHash(code string) string { return HashToken(code) }

// AddressHash returns the form in which it is remembered that an address wants
// no more surveys.
func AddressHash(address string) string { return HashToken(normalAddress(address)) }

// ErrUnknownLink is the answer for a code that leads nowhere, or nowhere any
// more.
var ErrUnknownLink = errors.New("unknown link")
