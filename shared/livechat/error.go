package livechat

import (
	"errors"
	"fmt"
)

// Kind says what went wrong in a word; the API turns it into a status.
type Kind int

const (
	// Refused is for a request that is understood and cannot be done.
	Refused Kind = iota + 1
	// Unauthenticated is for a call by nobody, or nobody known.
	Unauthenticated
	// Forbidden is for a user who lacks a permission.
	Forbidden
	// TooLarge is for a request that is bigger than any use of it needs.
	TooLarge
	// TooMany is for what was done too often, see [OverLimit].
	TooMany
	// Unavailable is for a database that is throttled, too slow or out of
	// reach; the same request may succeed later.
	Unavailable
)

// Error is a refusal, or a fault the caller can wait for.
type Error struct {
	Kind Kind
	// Text is shown to the caller as it is. Empty for Unavailable, whose cause
	// is nobody else's business.
	Text string
	// Type is the wire's errorType; empty where the wire has none.
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

// Refuse returns a refusal that has a text only.
func Refuse(text string) *Error { return &Error{Kind: Refused, Text: text} }

// RefuseAs returns a refusal with an errorType, which the wire repeats behind
// the text: "Sorry, no online agents [no-agent-online]".
func RefuseAs(errorType, text string) *Error {
	return &Error{Kind: Refused, Text: withCode(text, errorType), Type: errorType}
}

func withCode(text, code string) string {
	if text == "" {
		return "[" + code + "]"
	}
	return fmt.Sprintf("%s [%s]", text, code)
}

// The refusals that more than one call shares.
var (
	ErrInvalidToken   = Refuse("invalid-token")
	ErrInvalidRoom    = Refuse("invalid-room")
	ErrInvalidVisitor = Refuse("invalid-visitor")
	ErrInvalidData    = Refuse("invalid-data")
	// ErrInvalidRoomVisitor: the room is not the visitor's it was said to be.
	ErrInvalidRoomVisitor = Refuse("invalid-room-visitor")

	// ErrVisitorHasOpenRoom: a visitor can have one open room, not two.
	ErrVisitorHasOpenRoom = Refuse("visitor-has-open-room")
	// ErrRoomsStillOpen: a visitor with an open room cannot be deleted.
	ErrRoomsStillOpen = RefuseAs("visitor-has-open-rooms", "Cannot remove visitors with opened rooms")

	ErrNotSignedIn = &Error{Kind: Unauthenticated, Text: "You must be logged in to do this."}
	// ErrUnauthorized is what the list of rooms says for ErrNotAllowed.
	ErrUnauthorized = &Error{Kind: Forbidden, Text: "unauthorized"}
	ErrNotAllowed   = &Error{
		Kind: Forbidden,
		Text: withCode("User does not have the permissions required for this action", "error-unauthorized"),
	}
)

// ErrConflict says that what was to be changed has been changed by another call since it
// was read. It is for callers that read again and retry.
var ErrConflict = errors.New("changed by another call")
