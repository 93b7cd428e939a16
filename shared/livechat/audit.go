package livechat

// AuditEntry says who did what, and when. It holds ids only, nothing personal,
// so it can outlive what it is about.
type AuditEntry struct {
	ID     string `json:"_id"`
	Action string `json:"action"`
	Ts     Time   `json:"ts"`
	// UserID is who did it; absent when the visitor did.
	UserID    string `json:"userId,omitempty"`
	RoomID    string `json:"rid,omitempty"`
	VisitorID string `json:"visitorId,omitempty"`
	// From and To are the visitors a room went from and to.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// What an audit entry can be about.
const (
	AuditRoomMoved      = "room-moved"
	AuditVisitorDeleted = "visitor-deleted"
	// AuditVisitorChanged is for what a user wrote down about a visitor.
	AuditVisitorChanged = "visitor-changed"
)
