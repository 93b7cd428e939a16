package livechat

// Closing is what ends a room: who, when, and what they said of it.
type Closing struct {
	Now Time
	// By is the user who closes the room; nil when the visitor does.
	By      *User
	Comment string
	Tags    []string
	// MessageID is the identity of the message that tells of the closing.
	MessageID string
}

// Closed is a room that has been closed, and what is written with it.
type Closed struct {
	Room    Room
	Message Message
	Survey  Survey
}

// Who closed a room, in Room.Closer.
const (
	CloserVisitor = "visitor"
	CloserUser    = "user"
)

// ClosedByVisitor is the comment of a room that its visitor closed.
const ClosedByVisitor = "Closed by visitor"

// MessageClosed is the type of the message that tells of a closing.
const MessageClosed = "livechat-close"

// The refusals of closing. The two calls name them differently.
var (
	ErrRoomClosed          = Refuse("room-closed")
	ErrClosingNotAllowed   = Refuse("error-not-allowed-to-close-conversation")
	ErrUserInvalidRoom     = Refuse("error-invalid-room")
	ErrUserRoomClosed      = Refuse("error-room-already-closed")
	ErrUserNotAuthorized   = Refuse("error-not-authorized")
	ErrUserCommentRequired = Refuse("error-comment-is-required")
)

// Close returns the room as it is once closed, and the message that says so.
func (r Room) Close(c Closing) (Room, Message) {
	r.Open, r.WaitingResponse = false, false
	r.ClosedAt, r.UpdatedAt = c.Now, c.Now
	r.Visitor.Status = StatusOffline
	if len(c.Tags) > 0 {
		r.Tags = c.Tags
	}
	author := Author{ID: r.Visitor.ID, Username: r.Visitor.Username}
	r.Closer = CloserVisitor
	if c.By != nil {
		author = Author{ID: c.By.ID, Username: c.By.Username, Name: c.By.Name}
		r.Closer = CloserUser
	}
	r.ClosedBy = &ClosedBy{ID: author.ID, Username: author.Username}
	r.Metrics = r.closedMetrics(c.Now)
	return r, Message{
		ID: c.MessageID, RoomID: r.ID, Type: MessageClosed, Text: c.Comment, User: author, Ts: c.Now, UpdatedAt: c.Now,
		URLs: []any{}, Mentions: []any{}, Channels: []any{}, Parsed: []any{},
	}
}

// closedMetrics are the room's, with how long it was open, and how long an
// agent had it.
func (r Room) closedMetrics(now Time) *Metrics {
	var metrics Metrics
	if r.Metrics != nil {
		metrics = *r.Metrics
	}
	metrics.ChatDuration = now.Sub(r.Ts).Seconds()
	if r.ServedBy != nil {
		metrics.ServiceTimeDuration = now.Sub(r.ServedBy.Ts).Seconds()
	}
	return &metrics
}
