package livechat

import (
	"errors"
	"fmt"
)

// Kind classifies an error. The API derives the status code from it.
type Kind int

const (
	// Refused is for a request that is understood but not possible.
	Refused Kind = iota + 1
	// Unauthenticated is for a caller without valid credentials.
	Unauthenticated
	// Forbidden is for a user who lacks a permission.
	Forbidden
	// TooLarge is for a request that exceeds a size limit.
	TooLarge
	// TooMany is for a request over a rate limit, see [RateLimitError].
	TooMany
	// Unavailable is for a database that is throttled, too slow or unreachable. The same
	// request may succeed later.
	Unavailable
)

// Error is a refusal, or a temporary fault.
type Error struct {
	Kind Kind
	// Text is shown to the caller. It is empty for Unavailable, whose cause stays
	// internal.
	Text string
	// Type is the wire format's errorType, if any.
	Type string
	// Err is the cause, for the log.
	Err error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Text
}

func (e *Error) Unwrap() error { return e.Err }

// NewRefusal returns a refusal with only a text.
func NewRefusal(text string) *Error { return &Error{Kind: Refused, Text: text} }

// NewTypedRefusal returns a refusal with an errorType, which the wire format repeats after the
// text: "Sorry, no online agents [no-agent-online]".
func NewTypedRefusal(errorType, text string) *Error {
	return &Error{Kind: Refused, Text: withCode(text, errorType), Type: errorType}
}

func withCode(text, code string) string {
	if text == "" {
		return "[" + code + "]"
	}
	return fmt.Sprintf("%s [%s]", text, code)
}

// The refusals that several calls share.
var (
	ErrInvalidToken   = NewRefusal("invalid-token")
	ErrInvalidRoom    = NewRefusal("invalid-room")
	ErrInvalidVisitor = NewRefusal("invalid-visitor")
	ErrInvalidData    = NewRefusal("invalid-data")
	// ErrInvalidRoomVisitor means that the room does not belong to the visitor in the
	// request.
	ErrInvalidRoomVisitor = NewRefusal("invalid-room-visitor")

	// ErrVisitorHasOpenRoom means that the visitor cannot get a second open room.
	ErrVisitorHasOpenRoom = NewRefusal("visitor-has-open-room")
	// ErrRoomsStillOpen means that the visitor cannot be deleted because they have an
	// open room.
	ErrRoomsStillOpen = NewTypedRefusal("visitor-has-open-rooms", "Cannot remove visitors with opened rooms")

	ErrNotSignedIn = &Error{Kind: Unauthenticated, Text: "You must be logged in to do this."}
	// ErrUnauthorized replaces ErrNotAllowed in the list of rooms.
	ErrUnauthorized = &Error{Kind: Forbidden, Text: "unauthorized"}
	ErrNotAllowed   = &Error{Kind: Forbidden, Text: withCode("User does not have the permissions required for this action",
		"error-unauthorized")}
)

// ErrConflict means that another call changed the data since it was read. The caller
// reads again and retries.
var ErrConflict = errors.New("changed by another call")
