package livechat

import (
	"cmp"
	"fmt"
	"net/netip"
	"time"
)

// RateLimit is how often something may be done within a minute of the clock. An
// operator sets it; 0 is no limit.
type RateLimit struct {
	// Setting is the name of the setting it follows.
	Setting string
	of      func(*Settings) *int
}

// The limits there are, on all that a visitor creates or sends. What is only read
// or resumed is not limited.
var (
	RoomsPerToken      = RateLimit{"limitRoomsPerToken", func(s *Settings) *int { return &s.limits.roomsPerToken }}
	RoomsPerAddress    = RateLimit{"limitRoomsPerAddress", func(s *Settings) *int { return &s.limits.roomsPerAddress }}
	VisitorsPerAddress = RateLimit{"limitVisitorsPerAddress", func(s *Settings) *int { return &s.limits.visitorsPerAddress }}
	MessagesPerToken   = RateLimit{"limitMessagesPerToken", func(s *Settings) *int { return &s.limits.messagesPerToken }}
	SurveysPerRoom     = RateLimit{"limitSurveysPerRoom", func(s *Settings) *int { return &s.limits.surveysPerRoom }}
)

type limits struct {
	roomsPerToken, roomsPerAddress, visitorsPerAddress, messagesPerToken, surveysPerRoom int
}

// In returns the limit as it is set.
func (l RateLimit) In(s Settings) int { return *l.of(&s) }

// mostPerMinute bounds the settings, and with them what one counter holds.
const mostPerMinute = 3000

var limitSettings = []Setting{
	limit(RoomsPerToken, 20, "How many rooms a visitor may open within a minute; 0 for no limit."),
	limit(RoomsPerAddress, 300, "How many rooms may be opened within a minute from one network address and website; 0 for no limit."),
	limit(VisitorsPerAddress, 300, "How many visitors may be registered within a minute from one network address and website; 0 for no limit."),
	limit(MessagesPerToken, 120, "How many messages, and how many page visits, a visitor may send within a minute; 0 for no limit."),
	limit(SurveysPerRoom, 120, "How many times a room's survey may be answered within a minute; 0 for no limit."),
}

func limit(l RateLimit, standard int, description string) Setting {
	return number(l.Setting, standard, 0, mostPerMinute, description, l.of)
}

// Count is one thing done that a limit counts.
type Count struct {
	Limit RateLimit
	// By is whom the limit holds for: a token, a room, a [Client].
	By string
	// What was done. What has the same name is counted once, however often it is
	// tried, and by however many calls at once.
	What string
}

// Window is the minute that t is in: when it began, and when the next begins.
func Window(t Time) (from, until Time) {
	from = At(t.Time().Truncate(time.Minute))
	return from, from.Add(time.Minute)
}

// AnswersOf is whom SurveysPerRoom holds for: a room, as its visitor names it. Who has
// another token uses up nothing of theirs.
func AnswersOf(token, rid string) string { return token + " " + rid }

// OverLimit is the refusal of what was done too often. It is an [Error] of the kind
// [TooMany].
type OverLimit struct {
	// Limit is how often it may be done within a minute.
	Limit int
	// Until is when the next minute begins, and Wait how many seconds that is from
	// now: 1 at least.
	Until Time
	Wait  int
}

// Exceeded returns the refusal for a limit that is used up at now.
func Exceeded(limit int, now Time) *OverLimit {
	_, until := Window(now)
	seconds := (until.Sub(now) + time.Second - 1) / time.Second
	return &OverLimit{Limit: limit, Until: until, Wait: max(1, int(seconds))}
}

func (o *OverLimit) Error() string { return o.Unwrap().Error() }

// Unwrap returns the refusal as the wire has it.
func (o *OverLimit) Unwrap() error {
	const code = "error-too-many-requests"
	text := fmt.Sprintf("Error, too many requests. Please slow down. You must wait %d seconds before trying this endpoint again.", o.Wait)
	return &Error{Kind: TooMany, Text: withCode(text, code), Type: code}
}

// Client names where a request comes from: the network address, and the website
// that it is made on, empty for none. The many visitors behind an office's one
// address are told apart by website.
//
// Of an IPv6 address the first 64 bits count: the rest is the customer's own to
// choose.
func Client(address, origin string) string {
	parsed, err := netip.ParseAddr(address)
	if err == nil && parsed.Unmap().Is6() {
		network, _ := parsed.WithZone("").Prefix(64) // fails for no IPv6 address
		address = network.String()
	}
	return address + " " + cmp.Or(origin, "-")
}
