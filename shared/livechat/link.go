package livechat

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

// Link is a code that leads to a survey, as it is kept: the code itself is in
// the visitor's mail and nowhere else.
type Link struct {
	Hash   string `json:"hash"`
	RoomID string `json:"rid"`
	// VisitorID is who the link was made for. It ends when the room is given to another
	// visitor.
	VisitorID string `json:"visitorId"`
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

// MailsEnd is that an address gets no more surveys, as it is kept under its AddressHash.
type MailsEnd struct {
	At Time `json:"at"`
	// Reason is EndUnsubscribed, EndComplained or EndBounced.
	Reason string `json:"reason"`
}

// Why an address gets no more surveys.
const (
	// EndUnsubscribed: its owner followed the link of a survey.
	EndUnsubscribed = "unsubscribed"
	// EndComplained: its owner reported a survey as spam.
	EndComplained = "complained"
	// EndBounced: its mail server refused a survey for good.
	EndBounced = "bounced"
)

// SkipReason is why a survey to the address is not sent.
func (e MailsEnd) SkipReason() string {
	if e.Reason == EndBounced {
		return SkipUndeliverable
	}
	return SkipUnsubscribed
}

// AddressHash returns the form in which an address is remembered: when it was last sent
// a survey, and that it gets no more. All addresses of one mailbox have one hash.
func AddressHash(address string) string { return HashToken(mailbox(normalAddress(address))) }

// mailbox returns the address without its tag: ceo+1@example.com reaches ceo@example.com
// (RFC 5233). Anybody can register with any tag, so that an address with a tag shares the
// limit, the unsubscription and the bounces of the address without it. Where a provider
// takes the two for different people, one of them gets a survey less.
//
// Dots stay: they mean nothing at some providers only, and one person must not
// unsubscribe another.
func mailbox(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	if tag := strings.Index(local, "+"); tag > 0 {
		local = local[:tag]
	}
	return local + "@" + domain
}

// ErrUnknownLink is the answer for a code that leads nowhere, or nowhere any
// more.
var ErrUnknownLink = errors.New("unknown link")
