package livechat

import (
	"fmt"

	"livechat/shared/settings"
)

// Room is one conversation of a visitor with the support team, as callers see it.
type Room struct {
	ID   string `json:"_id"`
	Type string `json:"t"`
	Name string `json:"fname"`
	// Visitor is the room's visitor, whose token gives access to the room.
	Visitor RoomVisitor `json:"v"`

	DepartmentID        string         `json:"departmentId,omitempty"`
	DepartmentAncestors []string       `json:"departmentAncestors,omitempty"`
	ServedBy            *ServedBy      `json:"servedBy,omitempty"`
	ResponseBy          *ResponseBy    `json:"responseBy,omitempty"`
	CustomFields        map[string]any `json:"customFields,omitempty"`
	Source              *Source        `json:"source,omitempty"`

	Open            bool `json:"open,omitempty"`
	Closed          bool `json:"cl"`
	Default         bool `json:"default"`
	ReadOnly        bool `json:"ro"`
	SystemMessages  bool `json:"sysMes"`
	WaitingResponse bool `json:"waitingResponse,omitempty"`

	MessageCount int      `json:"msgs"`
	UsersCount   int      `json:"usersCount"`
	LastMessage  *Message `json:"lastMessage,omitempty"`
	Metrics      *Metrics `json:"metrics,omitempty"`

	// PriorityWeight and EstimatedWaitingTimeQueue (ms) order the queue.
	PriorityWeight            int `json:"priorityWeight,omitempty"`
	EstimatedWaitingTimeQueue int `json:"estimatedWaitingTimeQueue,omitempty"`

	OpenedAt       Time `json:"ts"`
	LastActivityAt Time `json:"lm"`
	QueuedAt       Time `json:"queuedAt,omitempty"`
	UpdatedAt      Time `json:"_updatedAt"`

	ClosedAt Time      `json:"closedAt,omitempty"`
	Closer   string    `json:"closer,omitempty"`
	ClosedBy *ClosedBy `json:"closedBy,omitempty"`
	Tags     []string  `json:"tags,omitempty"`
	Topic    string    `json:"topic,omitempty"`

	// SurveyFeedback holds all answers of the room, by question.
	SurveyFeedback Answers `json:"surveyFeedback,omitempty"`

	// Version counts the room's changes. The store refuses a write that is based on an
	// older version. Like the members below, it is never on the wire.
	Version int `json:"-"`
	// Usage counts the visitor's recent calls in the room.
	Usage RateUsage `json:"-"`
	// MaxMessageBytes is the size of the longest message in bytes, or zero if unknown. It
	// bounds the cost of reading messages.
	MaxMessageBytes int `json:"-"`
	// LongAnswers names the answers that are cut in SurveyFeedback.
	LongAnswers []string `json:"-"`
}

// RoomVisitor is a room's copy of its visitor.
type RoomVisitor struct {
	ID            string `json:"_id"`
	Username      string `json:"username"`
	Token         string `json:"token,omitempty"`
	Status        string `json:"status,omitempty"`
	LastMessageTs Time   `json:"lastMessageTs,omitempty"`
}

// ServedBy is the agent who has served the room since Ts.
type ServedBy struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
	Ts       Time   `json:"ts"`
}

// ResponseBy is the agent who replied first to the visitor's latest messages. It is
// absent while the visitor waits for a reply.
type ResponseBy struct {
	ID              string `json:"_id"`
	Username        string `json:"username"`
	FirstResponseTs Time   `json:"firstResponseTs,omitempty"`
	LastMessageTs   Time   `json:"lastMessageTs,omitempty"`
}

// ClosedBy is the person who closed the room.
type ClosedBy struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
}

// Source identifies the widget on a host, or the API, through which the room was opened.
type Source struct {
	Type        string `json:"type"`
	Destination string `json:"destination,omitempty"`
}

// The defaults of Room.PriorityWeight and Room.EstimatedWaitingTimeQueue.
const (
	DefaultPriority = 99
	DefaultWait     = 9999999
)

// OpenParams describes a new room.
type OpenParams struct {
	ID      string
	Visitor Visitor
	Source  Source
	// AgentID is the agent whom the visitor wants. If it is empty, any agent may serve
	// the room.
	AgentID string
	Now     Time
	// NewID returns the ids of the opening messages.
	NewID func() string
	// Choose picks among several agents who could serve the room.
	Choose Choice
}

// OpenRoom returns the new room. With automatic routing, an online agent serves it, if
// there is one. OpenRoom fails if livechat is disabled, if nobody is online and the
// settings require an agent, or if the visitor has opened too many rooms.
func OpenRoom(o OpenParams, settings settings.Settings, agents []Agent, departments []Department) (Change, error) {
	if !settings.LivechatEnabled {
		return Change{}, NewTypedRefusal("error-omnichannel-is-disabled", "")
	}
	agent, department, online := Route(agents, departments, o.Visitor.Department, o.AgentID, o.Choose)
	if !online && !settings.AcceptChatsWithNoAgents {
		return Change{}, NewTypedRefusal("no-agent-online", "Sorry, no online agents")
	}
	usage, err := o.Visitor.RoomUsage.Add(RoomsPerToken, settings, 0, o.Now)
	if err != nil {
		return Change{}, err
	}
	room := Room{
		ID:                        o.ID,
		Type:                      "l",
		DepartmentID:              department,
		Source:                    &o.Source,
		Open:                      true,
		SystemMessages:            true,
		WaitingResponse:           true,
		UsersCount:                1,
		PriorityWeight:            DefaultPriority,
		EstimatedWaitingTimeQueue: DefaultWait,
		OpenedAt:                  o.Now,
		QueuedAt:                  o.Now,
		Usage:                     usage,
	}
	room.belongTo(o.Visitor)
	opened := Change{Room: room}.Post(systemMessage(MessageStarted, room.VisitorAuthor(), "", o.Now), o.NewID)
	opened.Room.LastActivityAt = o.Now
	if online && settings.RoutesAutomatically() {
		opened = opened.take(agent, o.NewID, o.Now)
	}
	return opened, nil
}

// Describe returns the room with the given topic and tags. If one is nil, the old value
// stays.
func (r Room) Describe(topic *string, tags *[]string, now Time) Room {
	if topic != nil {
		r.Topic = *topic
	}
	if tags != nil {
		r.Tags = *tags
	}
	r.UpdatedAt = max(r.UpdatedAt, now)
	return r
}

// maxTags limits the total bytes of a room's tags, because every message rewrites the
// room and the lists of rooms hold the tags.
const maxTags = 1 << 10

// CheckTags refuses tags that are too long in total.
func CheckTags(tags []string) error {
	bytes := 0
	for _, tag := range tags {
		bytes += len(tag)
	}
	if bytes > maxTags {
		return NewTypedRefusal("error-tags-too-long", fmt.Sprintf("Tags have %d bytes at most, all together", maxTags))
	}
	return nil
}

// VisitorIs returns the room with the visitor's status set to status.
func (r Room) VisitorIs(status string, now Time) Room {
	r.Visitor.Status = status
	r.UpdatedAt = max(r.UpdatedAt, now)
	return r
}

// WithoutToken returns the room without its visitor's token, which gives access to the
// room. Everyone except the visitor sees the room in this form.
func (r Room) WithoutToken() Room {
	r.Visitor.Token = ""
	if r.LastMessage != nil {
		last := r.LastMessage.WithoutToken()
		r.LastMessage = &last
	}
	return r
}

// ServedByUser reports whether the user serves the room.
func (r Room) ServedByUser(id string) bool { return r.ServedBy != nil && r.ServedBy.ID == id }

// MoveTo returns the room after it was moved to v, and the completed audit entry. The
// room keeps its survey and history. The former visitor's recent calls do not count for
// v.
func (r Room) MoveTo(v Visitor, by AuditEntry) (Room, AuditEntry) {
	by.Action, by.RoomID, by.From, by.To = AuditRoomMoved, r.ID, r.Visitor.ID, v.ID
	if r.Visitor.Token != v.Token {
		r.belongTo(v)
		r.Usage = RateUsage{}
		r.UpdatedAt = max(r.UpdatedAt, by.Ts)
	}
	return r, by
}

func (r *Room) belongTo(v Visitor) {
	// The former visitor's message must not reveal their token.
	if r.LastMessage != nil {
		last := r.LastMessage.shownTo(v)
		r.LastMessage = &last
	}
	r.Visitor = RoomVisitor{ID: v.ID, Username: v.Username, Token: v.Token, Status: v.Status}
	if !r.Open {
		r.Visitor.Status = StatusOffline
	}
	r.Name = v.DisplayName()
}

// Names reports whether the room has the visitor's current names.
func (r Room) Names(v Visitor) bool {
	return r.Name == v.DisplayName() && r.Visitor.Username == v.Username
}

// Rename returns the room with the visitor's current names. The rest of the room's copy
// of the visitor stays unchanged.
func (r Room) Rename(v Visitor, now Time) Room {
	r.Visitor.Username = v.Username
	r.Name = v.DisplayName()
	r.UpdatedAt = max(r.UpdatedAt, now)
	return r
}
