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
	Room   Room
	Survey Survey
}

// Who closed a room, in Room.Closer.
const (
	CloserVisitor = "visitor"
	CloserUser    = "user"
)

// ClosedByVisitor is the comment of a room that its visitor closed.
const ClosedByVisitor = "Closed by visitor"

// The refusals of closing. The two calls name them differently.
var (
	ErrRoomClosed          = Refuse("room-closed")
	ErrClosingNotAllowed   = Refuse("error-not-allowed-to-close-conversation")
	ErrUserInvalidRoom     = Refuse("error-invalid-room")
	ErrUserRoomClosed      = Refuse("error-room-already-closed")
	ErrUserNotAuthorized   = Refuse("error-not-authorized")
	ErrUserCommentRequired = Refuse("error-comment-is-required")
)

// Close returns the room as it is once closed; its last message says so.
func (r Room) Close(c Closing) Room {
	r.Open, r.WaitingResponse = false, false
	r.ClosedAt, r.UpdatedAt = c.Now, max(c.Now, r.UpdatedAt)
	r.Visitor.Status = StatusOffline
	if len(c.Tags) > 0 {
		r.Tags = c.Tags
	}
	author := Author{ID: r.Visitor.ID, Username: r.Visitor.Username}
	r.Closer = CloserVisitor
	if c.By != nil {
		author, r.Closer = c.By.author(), CloserUser
	}
	r.ClosedBy = &ClosedBy{ID: author.ID, Username: author.Username}
	r.Metrics = r.closedMetrics(c.Now)
	r, _ = r.Append(system(MessageClosed, c.MessageID, author, c.Comment, c.Now))
	return r
}

// closedMetrics are the room's, with how long it was open, and how long an
// agent had it.
func (r Room) closedMetrics(now Time) *Metrics {
	metrics := r.copyMetrics()
	metrics.ChatDuration = now.Sub(r.Ts).Seconds()
	if r.ServedBy != nil {
		metrics.ServiceTimeDuration = now.Sub(r.ServedBy.Ts).Seconds()
	}
	return metrics
}
