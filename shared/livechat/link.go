package livechat

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

// Link is the stored form of a survey link. Only the visitor's mail holds the code
// itself.
type Link struct {
	Hash   string `json:"hash"`
	RoomID string `json:"rid"`
	// VisitorID is the id of the visitor for whom the link was made. The link becomes
	// invalid when the room is moved to another visitor.
	VisitorID string `json:"visitorId"`
	// Address is the hash of the mail address to which the link was sent. It is empty if
	// the link was not sent by mail.
	Address   string `json:"address,omitempty"`
	ExpiresAt Time   `json:"expiresAt"`
}

// codeBytes is the length of a code that cannot be guessed: 192 bits.
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

// MailsEnd records, under an AddressHash, that the address gets no more surveys.
type MailsEnd struct {
	At Time `json:"at"`
	// Reason is EndUnsubscribed, EndComplained or EndBounced.
	Reason string `json:"reason"`
}

// The reasons why an address gets no more surveys.
const (
	// EndUnsubscribed means that the address's owner used the unsubscribe link of a
	// survey.
	EndUnsubscribed = "unsubscribed"
	// EndComplained means that the address's owner reported a survey as spam.
	EndComplained = "complained"
	// EndBounced means that the address's mail server rejected a survey permanently.
	EndBounced = "bounced"
)

// SkipReason returns the reason to skip a survey to the address.
func (e MailsEnd) SkipReason() string {
	if e.Reason == EndBounced {
		return SkipUndeliverable
	}
	return SkipUnsubscribed
}

// AddressHash returns the hash under which an address's last survey and its MailsEnd are
// stored. All addresses of one mailbox have the same hash.
func AddressHash(address string) string { return HashToken(mailbox(normalAddress(address))) }

// mailbox returns the address without its tag: ceo+1@example.com reaches ceo@example.com
// (RFC 5233). Anybody can register with any tag, so an address with a tag shares the
// limit, the unsubscription and the bounces of the address without it. If a provider
// gives the two addresses to different people, one of these people may miss a survey.
//
// Dots are kept. Only some providers ignore dots, and with other providers one person
// could unsubscribe another.
func mailbox(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	if tag := strings.Index(local, "+"); tag > 0 {
		local = local[:tag]
	}
	return local + "@" + domain
}

// ErrUnknownLink means that no link exists for a code, or that it no longer exists.
var ErrUnknownLink = errors.New("unknown link")
