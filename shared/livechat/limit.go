package livechat

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"time"

	"livechat/shared/settings"
)

// RateLimit limits the number of uses per clock minute. An operator sets the limit. 0
// means no limit.
type RateLimit struct {
	// Setting is the name of the setting that holds the limit.
	Setting string
	// name is the key of the limit in Usage.Calls.
	name string
	of   func(settings.Limits) int
}

// The limits on visitors. Every call by which a visitor writes has a limit, except
// room.close and DELETE visitor. These two calls only end what a limited call began.
var (
	RoomsPerToken        = RateLimit{"limitRoomsPerToken", "rooms", func(l settings.Limits) int { return l.RoomsPerToken }}
	MessagesPerToken     = RateLimit{"limitMessagesPerToken", "messages", func(l settings.Limits) int { return l.MessagesPerToken }}
	EditsPerToken        = RateLimit{"limitEditsPerToken", "edits", func(l settings.Limits) int { return l.EditsPerToken }}
	PagesPerToken        = RateLimit{"limitPagesPerToken", "pages", func(l settings.Limits) int { return l.PagesPerToken }}
	ProfileEditsPerToken = RateLimit{"limitProfileEditsPerToken", "profile", func(l settings.Limits) int { return l.ProfileEditsPerToken }}
	SurveysPerRoom       = RateLimit{"limitSurveysPerRoom", "surveys", func(l settings.Limits) int { return l.SurveysPerRoom }}
	// KilobytesPerToken limits bytes instead of calls. The profile and each room have
	// separate counts. A new room continues the count of the previous room.
	KilobytesPerToken = RateLimit{"limitKilobytesPerToken", "", func(l settings.Limits) int { return l.KilobytesPerToken }}
	// ReadsPerToken is counted separately by each process of a function.
	ReadsPerToken = RateLimit{"limitReadsPerToken", "", func(l settings.Limits) int { return l.ReadsPerToken }}

	RoomsPerAddress    = RateLimit{"limitRoomsPerAddress", "", func(l settings.Limits) int { return l.RoomsPerAddress }}
	VisitorsPerAddress = RateLimit{"limitVisitorsPerAddress", "", func(l settings.Limits) int { return l.VisitorsPerAddress }}
)

// In returns the limit in the settings.
func (l RateLimit) In(s settings.Settings) int { return l.of(s.Limits) }

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
func (u RateUsage) Add(limit RateLimit, settings settings.Settings, bytes int, now Time) (RateUsage, error) {
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
