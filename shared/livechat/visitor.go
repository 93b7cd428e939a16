package livechat

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Visitor is someone who asks for help on a website. The token is the visitor's only
// credential.
type Visitor struct {
	ID         string            `json:"_id"`
	Username   string            `json:"username"`
	Status     string            `json:"status"`
	Ts         Time              `json:"ts"`
	UpdatedAt  Time              `json:"_updatedAt"`
	Token      string            `json:"token,omitempty"`
	Name       string            `json:"name,omitempty"`
	Phone      []Phone           `json:"phone,omitempty"`
	Emails     []Email           `json:"visitorEmails,omitempty"`
	Department string            `json:"department,omitempty"`
	CustomData map[string]string `json:"livechatData,omitempty"`

	// Language is the member of Languages that the visitor's browser asks for; empty if
	// unknown. Never on the wire, which has no member for it.
	Language string `json:"-"`

	// VacatedBy is the id of the room that was last closed or moved away, or of a deleted
	// visitor with the same token, for as long as a limit counts it. Empty while a room
	// is open.
	VacatedBy string `json:"-"`
	// RoomUsage is the Usage of the room that was closed or given away a moment ago. The
	// next room continues it.
	RoomUsage Usage `json:"-"`
	// Usage counts the recent changes of the profile.
	Usage Usage `json:"-"`

	// Version counts the profile's changes, as Room.Version does.
	Version int `json:"-"`
}

// Phone is one phone number of a visitor, as it was given.
type Phone struct {
	Number string `json:"phoneNumber"`
}

// Email is one address of a visitor, in lower case.
type Email struct {
	Address string `json:"address"`
}

// The values of Visitor.Status that the service itself sets.
const (
	StatusOnline  = "online"
	StatusOffline = "offline"
)

// VisitorStatuses lists the values that a visitor's client can set.
var VisitorStatuses = []string{StatusOnline, "away", StatusOffline, "busy"}

// Limits of tokens and ids, in characters.
const (
	MaxToken = 256
	MaxID    = 64
)

// DisplayName returns the visitor's name, or else the username.
func (v Visitor) DisplayName() string {
	if v.Name != "" {
		return v.Name
	}
	return v.Username
}

// CanBeToken reports whether a visitor can have this token: not empty, valid text, at
// most MaxToken characters.
func CanBeToken(token string) bool { return token != "" && isText(token, MaxToken) }

// CanBeID reports whether something can have this id: not empty, valid text, at most
// MaxID characters.
func CanBeID(id string) bool { return id != "" && isText(id, MaxID) }

func isText(s string, limit int) bool {
	return utf8.ValidString(s) && !strings.Contains(s, "\x00") && utf8.RuneCountInString(s) <= limit
}

// Registration is what a visitor's client sends about the visitor. Empty members were not
// sent.
type Registration struct {
	Token        string             `json:"token"`
	Name         string             `json:"name"`
	Email        string             `json:"email"`
	Phone        string             `json:"phone"`
	Username     string             `json:"username"`
	Department   string             `json:"department"`
	CustomFields []CustomFieldValue `json:"customFields"`
	// Language is Visitor.Language. It is not part of the call's body.
	Language string `json:"-"`
}

// Check refuses a blank token and an invalid address.
func (r Registration) Check() error {
	if strings.TrimSpace(r.Token) == "" {
		return Refuse(withCode("Token cannot be empty", "error-invalid-token"))
	}
	if r.Email != "" && !isAddress(normalAddress(r.Email)) {
		return Refuse(withCode("Invalid email "+r.Email, "error-invalid-email"))
	}
	return nil
}

// ErrInvalidDepartment refuses a department that does not exist.
var ErrInvalidDepartment = Refuse(withCode("The provided department is invalid", "error-invalid-department"))

// Size returns the bytes of the registration's values.
func (r Registration) Size() int {
	return len(r.Name) + len(r.Email) + len(r.Phone) + len(r.Username) + len(r.Department) + sizeOfFields(r.CustomFields)
}

// Apply returns the visitor with the registration's values. Empty members keep the old
// values. The department must already be an id.
func (r Registration) Apply(v Visitor, fields []CustomField, now Time) (Visitor, error) {
	was := v
	if r.CustomFields != nil {
		data, err := fillIn(v.CustomData, r.CustomFields, fields)
		if err != nil {
			return Visitor{}, err
		}
		v.CustomData = data
	}
	if r.Name != "" {
		v.Name = r.Name
	}
	if r.Username != "" {
		v.Username = r.Username
	}
	if r.Email != "" {
		v.Emails = []Email{{Address: normalAddress(r.Email)}}
	}
	if r.Phone != "" {
		v.Phone = []Phone{{Number: r.Phone}}
	}
	if r.Department != "" {
		v.Department = r.Department
	}
	if r.Language != "" {
		v.Language = r.Language
	}
	return v.touched(was, now), nil
}

// seenEvery is how often an unchanged profile is written anyway. Retention can so erase
// profiles that are no longer used.
const seenEvery = 24 * time.Hour

// touched returns the visitor with UpdatedAt set to now if they changed, or were last
// written long ago.
func (v Visitor) touched(was Visitor, now Time) Visitor {
	if !reflect.DeepEqual(v, was) || now.Sub(v.UpdatedAt) >= seenEvery {
		v.UpdatedAt = now
	}
	return v
}

// NewVisitor returns a visitor of whom only the token is known yet.
func NewVisitor(id, token string, now Time) Visitor {
	return Visitor{ID: id, Token: token, Status: StatusOnline, Ts: now, UpdatedAt: now}
}

const guest = "guest-"

// GuestName returns the username of the nth visitor who gave none.
func GuestName(n int64) string { return guest + strconv.FormatInt(n, 10) }

// GuestNumber is the inverse of GuestName. It returns false for any other username.
func GuestNumber(username string) (int64, bool) {
	number, isGuest := strings.CutPrefix(username, guest)
	n, err := strconv.ParseInt(number, 10, 64)
	return n, isGuest && err == nil && n > 0
}

func normalAddress(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// maxAddress is the longest address that mail can be sent to (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// addressForm is the HTML standard's definition of a valid e-mail address, which
// browsers' forms apply. It is compiled when first needed: most functions never need it,
// and each would pay for it at its start.
var addressForm = sync.OnceValue(func() *regexp.Regexp {
	const label = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`
	return regexp.MustCompile("^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@" + label + `(?:\.` + label + `)*$`)
})

func isAddress(address string) bool {
	return len(address) <= maxAddress && addressForm().MatchString(address)
}

// CountEdit returns the visitor with the change counted, unless nothing changed. It fails
// with [OverLimit].
func (v Visitor) CountEdit(was Visitor, settings Settings, bytes int, now Time) (Visitor, error) {
	if reflect.DeepEqual(v, was) {
		return v, nil
	}
	usage, err := was.Usage.Add(ProfileEditsPerToken, settings, bytes, now)
	v.Usage = usage
	return v, err
}
