package livechat

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"
	"time"

	"livechat/shared/settings"
	"livechat/shared/validate"
)

// Visitor is someone who asks for help on a website. The token is the visitor's only
// credential.
type Visitor struct {
	ID           string            `json:"_id"`
	Username     string            `json:"username"`
	Status       string            `json:"status"`
	RegisteredAt Time              `json:"ts"`
	UpdatedAt    Time              `json:"_updatedAt"`
	Token        string            `json:"token,omitempty"`
	Name         string            `json:"name,omitempty"`
	Phone        []Phone           `json:"phone,omitempty"`
	Emails       []Email           `json:"visitorEmails,omitempty"`
	Department   string            `json:"department,omitempty"`
	CustomData   map[string]string `json:"livechatData,omitempty"`

	// Language is the member of Languages that the visitor's browser asks for, or empty
	// if unknown. It is never sent, because the wire format has no field for it.
	Language string `json:"-"`

	// LastEndedID is the id of the token's last room that was closed or moved to another
	// visitor, or of the token's last visitor that was deleted. It is kept for a few
	// minutes, and is empty while a room is open. Rate limits tell openings apart by it:
	// concurrent calls see the same id, so they count as one opening.
	LastEndedID string `json:"-"`
	// RoomUsage is the Usage of the room that was just closed or moved to another visitor.
	// The next room starts with it, so that closing a room does not reset a rate limit.
	RoomUsage RateUsage `json:"-"`
	// ProfileUsage counts the recent changes of the profile.
	ProfileUsage RateUsage `json:"-"`

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

// DisplayName returns the visitor's name, or the username if the visitor has no name.
func (v Visitor) DisplayName() string { return cmp.Or(v.Name, v.Username) }

// CanBeToken reports whether the token is a text of 1 to MaxToken characters.
func CanBeToken(token string) bool { return token != "" && validate.Text(token, MaxToken) }

// CanBeID reports whether the id is a text of 1 to MaxID characters.
func CanBeID(id string) bool { return id != "" && validate.Text(id, MaxID) }

// Registration holds the data that a visitor's client sends about the visitor. Empty
// members were not sent.
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
		return NewRefusal(withCode("Token cannot be empty", "error-invalid-token"))
	}
	if r.Email != "" && !validate.Address(normalAddress(r.Email)) {
		return NewRefusal(withCode("Invalid email "+r.Email, "error-invalid-email"))
	}
	return nil
}

// ErrInvalidDepartment refuses a department that does not exist.
var ErrInvalidDepartment = NewRefusal(withCode("The provided department is invalid", "error-invalid-department"))

// Size returns the total length of the registration's values in bytes.
func (r Registration) Size() int {
	return len(r.Name) + len(r.Email) + len(r.Phone) + len(r.Username) + len(r.Department) + sizeOfFields(r.CustomFields)
}

// Apply returns the visitor with the registration's values. Empty members keep the old
// values. Department must be an id, although clients may also send a department's name.
func (r Registration) Apply(v Visitor, fields []settings.CustomField, now Time) (Visitor, error) {
	was := v
	if r.CustomFields != nil {
		data, err := mergeCustomData(v.CustomData, r.CustomFields, fields)
		if err != nil {
			return Visitor{}, err
		}
		v.CustomData = data
	}
	v.Name = cmp.Or(r.Name, v.Name)
	v.Username = cmp.Or(r.Username, v.Username)
	v.Department = cmp.Or(r.Department, v.Department)
	v.Language = cmp.Or(r.Language, v.Language)
	if r.Email != "" {
		v.Emails = []Email{{Address: normalAddress(r.Email)}}
	}
	if r.Phone != "" {
		v.Phone = []Phone{{Number: r.Phone}}
	}
	return v.touched(was, now), nil
}

// refreshInterval is the interval after which an unchanged profile is written again. So
// UpdatedAt shows whether the visitor still uses the chat, as retention needs to know.
const refreshInterval = 24 * time.Hour

// touched returns v with UpdatedAt set to now if v differs from was, or if UpdatedAt is
// at least refreshInterval ago.
func (v Visitor) touched(was Visitor, now Time) Visitor {
	if !reflect.DeepEqual(v, was) || now.Sub(v.UpdatedAt) >= refreshInterval {
		v.UpdatedAt = now
	}
	return v
}

// NewVisitor returns a visitor who has sent only a token.
func NewVisitor(id, token string, now Time) Visitor {
	return Visitor{ID: id, Token: token, Status: StatusOnline, RegisteredAt: now, UpdatedAt: now}
}

const guestPrefix = "guest-"

// GuestName returns the username for the nth visitor who registered without a username.
func GuestName(n int64) string { return guestPrefix + strconv.FormatInt(n, 10) }

// GuestNumber is the inverse of GuestName. It returns false for any other username.
func GuestNumber(username string) (int64, bool) {
	number, isGuest := strings.CutPrefix(username, guestPrefix)
	n, err := strconv.ParseInt(number, 10, 64)
	return n, isGuest && err == nil && n > 0
}

func normalAddress(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// CountEdit returns the visitor with the change counted in ProfileUsage. If v equals was,
// nothing is counted. It fails with [RateLimitError].
func (v Visitor) CountEdit(was Visitor, settings settings.Settings, bytes int, now Time) (Visitor, error) {
	if reflect.DeepEqual(v, was) {
		return v, nil
	}
	usage, err := was.ProfileUsage.Add(ProfileEditsPerToken, settings, bytes, now)
	v.ProfileUsage = usage
	return v, err
}
