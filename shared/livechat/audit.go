package livechat

// AuditEntry records who did what, and when. It holds only ids and no personal data, so
// it can outlive its subject.
type AuditEntry struct {
	ID     string `json:"_id"`
	Action string `json:"action"`
	Ts     Time   `json:"ts"`
	// UserID is the acting user. It is absent if the visitor acted.
	UserID    string `json:"userId,omitempty"`
	RoomID    string `json:"rid,omitempty"`
	VisitorID string `json:"visitorId,omitempty"`
	// From and To are the former and the new visitor of a moved room.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// The actions of audit entries.
const (
	AuditRoomMoved      = "room-moved"
	AuditVisitorDeleted = "visitor-deleted"
	// AuditVisitorChanged marks a user's change of a visitor's data.
	AuditVisitorChanged = "visitor-changed"
)
