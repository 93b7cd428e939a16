package livechat

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"time"
)

// RateLimit limits the number of uses per clock minute. An operator sets the limit. 0
// means no limit.
type RateLimit struct {
	// Setting is the name of the setting that holds the limit.
	Setting string
	// name is the key of the limit in Usage.Calls.
	name string
	of   func(*Settings) *int
}

// The limits on visitors. Every call by which a visitor writes has a limit, except
// room.close and DELETE visitor. These two calls only end what a limited call began.
var (
	RoomsPerToken        = RateLimit{"limitRoomsPerToken", "rooms", func(s *Settings) *int { return &s.limits.roomsPerToken }}
	MessagesPerToken     = RateLimit{"limitMessagesPerToken", "messages", func(s *Settings) *int { return &s.limits.messagesPerToken }}
	EditsPerToken        = RateLimit{"limitEditsPerToken", "edits", func(s *Settings) *int { return &s.limits.editsPerToken }}
	PagesPerToken        = RateLimit{"limitPagesPerToken", "pages", func(s *Settings) *int { return &s.limits.pagesPerToken }}
	ProfileEditsPerToken = RateLimit{"limitProfileEditsPerToken", "profile", func(s *Settings) *int { return &s.limits.profileEditsPerToken }}
	SurveysPerRoom       = RateLimit{"limitSurveysPerRoom", "surveys", func(s *Settings) *int { return &s.limits.surveysPerRoom }}
	// KilobytesPerToken limits bytes instead of calls. The profile and each room have
	// separate counts. A new room continues the count of the previous room.
	KilobytesPerToken = RateLimit{"limitKilobytesPerToken", "", func(s *Settings) *int { return &s.limits.kilobytesPerToken }}
	// ReadsPerToken is counted separately by each process of a function.
	ReadsPerToken = RateLimit{"limitReadsPerToken", "", func(s *Settings) *int { return &s.limits.readsPerToken }}

	RoomsPerAddress    = RateLimit{"limitRoomsPerAddress", "", func(s *Settings) *int { return &s.limits.roomsPerAddress }}
	VisitorsPerAddress = RateLimit{"limitVisitorsPerAddress", "", func(s *Settings) *int { return &s.limits.visitorsPerAddress }}
)

type limits struct {
	roomsPerToken, messagesPerToken, editsPerToken, pagesPerToken, profileEditsPerToken, surveysPerRoom int
	kilobytesPerToken, readsPerToken, roomsPerAddress, visitorsPerAddress                               int
}

// In returns the limit in the settings.
func (l RateLimit) In(s Settings) int { return *l.of(&s) }

// maxPerMinute bounds the settings.
const maxPerMinute = 100_000

var limitSettings = []Setting{
	limit(RoomsPerToken, 20, "How many rooms a visitor may open within a minute; 0 for no limit."),
	limit(RoomsPerAddress, 300, "How many rooms may be opened within a minute from one network address and website; 0 for no limit."),
	limit(VisitorsPerAddress, 300, "How many visitors may be registered within a minute from one network address and website; 0 for no limit."),
	limit(MessagesPerToken, 120, "How many messages a visitor may send within a minute; 0 for no limit."),
	limit(EditsPerToken, 60, "How many messages a visitor may edit or delete within a minute; 0 for no limit."),
	limit(PagesPerToken, 120, "How many page visits of a visitor are recorded within a minute; 0 for no limit."),
	limit(ProfileEditsPerToken, 60, "How many times a visitor's profile, status or custom fields may change within a minute; 0 for no limit."),
	limit(SurveysPerRoom, 120, "How many times a room's survey may be answered within a minute; 0 for no limit."),
	limit(KilobytesPerToken, 128, "How many kilobytes a visitor may write into one room (messages, page visits, answers), or into the "+
		"profile, within a minute; an edited or deleted text counts, too; 0 for no limit."),
	limit(ReadsPerToken, 600, "How many times a visitor or user may read messages or lists within a minute, counted by each process of a "+
		"function; 0 for no limit."),
}

func limit(l RateLimit, standard int, description string) Setting {
	return number(l.Setting, standard, 0, maxPerMinute, description, l.of)
}

// RateUsage counts what a visitor wrote within a clock minute. It is stored in the room
// or profile that the call writes anyway. So counting needs no extra write, is exact
// under concurrency, and ignores refused calls.
type RateUsage struct {
	// From is the start of the minute.
	From Time `json:"from"`
	// Calls counts calls by the name of their limit.
	Calls map[string]int `json:"calls,omitempty"`
	Bytes int            `json:"bytes,omitempty"`
}

// Add returns the usage after one more call that writes the given number of bytes. It
// fails with [RateLimitError] if the call exceeds limit, or its bytes exceed
// KilobytesPerToken.
func (u RateUsage) Add(limit RateLimit, settings Settings, bytes int, now Time) (RateUsage, error) {
	from, until := Window(now)
	// A new minute starts from zero. Usage of the next minute is kept, because clocks
	// differ slightly. Usage of a later minute is dropped, because a laptop's clock can
	// be set back.
	if from > u.From || u.From > until {
		u = RateUsage{From: from}
	}
	if most := limit.In(settings); most > 0 {
		if u.Calls[limit.name] >= most {
			return u, Exceeded(most, now)
		}
		u.Calls = maps.Clone(u.Calls)
		if u.Calls == nil {
			u.Calls = map[string]int{}
		}
		u.Calls[limit.name]++
	}
	if most := KilobytesPerToken.In(settings); most > 0 {
		if u.Bytes += bytes; u.Bytes > most<<10 {
			return u, Exceeded(most, now)
		}
	}
	return u, nil
}

// RateUse is one use of a limit that several visitors share.
type RateUse struct {
	Limit RateLimit
	// By identifies the limited party, see [Client].
	By string
	// What identifies the action. Concurrent uses with the same What are counted once.
	What string
}

// Window returns the bounds of the minute that contains t.
func Window(t Time) (from, until Time) {
	from = At(t.Time().Truncate(time.Minute))
	return from, from.Add(time.Minute)
}

// RateLimitError is the refusal of a call over a rate limit. It wraps an [Error] of kind
// [TooMany].
type RateLimitError struct {
	// Limit is the number of uses allowed per minute.
	Limit int
	// Until is the start of the next minute, and Wait the seconds until then, at least 1.
	Until Time
	Wait  int
}

// Exceeded returns the refusal for a limit that is used up at now.
func Exceeded(limit int, now Time) *RateLimitError {
	_, until := Window(now)
	seconds := (until.Sub(now) + time.Second - 1) / time.Second
	return &RateLimitError{Limit: limit, Until: until, Wait: max(1, int(seconds))}
}

func (o *RateLimitError) Error() string { return o.Unwrap().Error() }

// Unwrap returns the refusal in the wire format.
func (o *RateLimitError) Unwrap() error {
	const code = "error-too-many-requests"
	text := fmt.Sprintf("Error, too many requests. Please slow down. You must wait %d seconds before trying this endpoint again.", o.Wait)
	return &Error{Kind: TooMany, Text: withCode(text, code), Type: code}
}

// Client identifies the source of a request by network address and website; an empty
// origin means no website. The website separates the many visitors who share an office's
// address.
//
// Only the first 64 bits of an IPv6 address count, because the customer chooses the rest.
func Client(address, origin string) string {
	parsed, err := netip.ParseAddr(address)
	if err == nil && parsed.Unmap().Is6() {
		network, _ := parsed.WithZone("").Prefix(64) // cannot fail for an IPv6 address
		address = network.String()
	}
	return address + " " + cmp.Or(origin, "-")
}
