package livechat

// CloseParams says who closes a room, when, and with which comment and tags.
type CloseParams struct {
	Now Time
	// By is the user who closes the room. It is nil if the visitor closes the room.
	By      *User
	Comment string
	Tags    []string
	// NewID returns the id of the closing message.
	NewID func() string
}

// Closed is a closed room and its survey, which the store writes in one transaction.
type Closed struct {
	Change
	Survey Survey
}

// The values of Room.Closer.
const (
	CloserVisitor = "visitor"
	CloserUser    = "user"
)

// ClosedByVisitor is the comment of a room that its visitor closed.
const ClosedByVisitor = "Closed by visitor"

// The errors of closing a room. The visitor's call and the users' call have different
// errors for the same cause.
var (
	ErrRoomClosed          = NewRefusal("room-closed")
	ErrClosingNotAllowed   = NewRefusal("error-not-allowed-to-close-conversation")
	ErrUserInvalidRoom     = NewRefusal("error-invalid-room")
	ErrUserRoomClosed      = NewRefusal("error-room-already-closed")
	ErrUserNotAuthorized   = NewRefusal("error-not-authorized")
	ErrUserCommentRequired = NewRefusal("error-comment-is-required")
)

// Close returns the closed room with the closing message.
func (r Room) Close(c CloseParams) Change {
	r.Open, r.WaitingResponse = false, false
	r.Usage = RateUsage{} // a closed room counts only answers, from zero
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

// closedMetrics returns the room's metrics with how long the room was open and how long
// its last agent served it.
func (r Room) closedMetrics(now Time) *Metrics {
	metrics := r.copyMetrics()
	metrics.ChatDuration = now.Sub(r.OpenedAt).Seconds()
	if r.ServedBy != nil {
		metrics.ServiceTimeDuration = now.Sub(r.ServedBy.Ts).Seconds()
	}
	return metrics
}
