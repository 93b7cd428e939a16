package livechat

// CloseParams is what ends a room: who, when, and what they said of it.
type CloseParams struct {
	Now Time
	// By is the user who closes the room; nil when the visitor does.
	By      *User
	Comment string
	Tags    []string
	// NewID names the message that tells of the closing.
	NewID func() string
}

// Closed is a room that was closed, and the survey that is written with it.
type Closed struct {
	Change
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

// Close returns the closed room, and the message that says so.
func (r Room) Close(c CloseParams) Change {
	r.Open, r.WaitingResponse = false, false
	r.Usage = Usage{} // nothing is counted in a closed room but answers, which begin anew
	r.ClosedAt = c.Now
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
	return Change{Room: r}.Post(systemMessage(MessageClosed, author, c.Comment, c.Now), c.NewID)
}

// closedMetrics are the room's, with how long it was open, and how long an
// agent had it.
func (r Room) closedMetrics(now Time) *Metrics {
	metrics := r.copyMetrics()
	metrics.ChatDuration = now.Sub(r.OpenedAt).Seconds()
	if r.ServedBy != nil {
		metrics.ServiceTimeDuration = now.Sub(r.ServedBy.Ts).Seconds()
	}
	return metrics
}
