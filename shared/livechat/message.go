package livechat

// Message is one message of a conversation.
type Message struct {
	ID     string `json:"_id"`
	RoomID string `json:"rid"`
	// Type is set for messages of the service's own, such as MessageClosed.
	Type      string `json:"t,omitempty"`
	Text      string `json:"msg"`
	Token     string `json:"token,omitempty"`
	Alias     string `json:"alias,omitempty"`
	Ts        Time   `json:"ts"`
	User      Author `json:"u"`
	UpdatedAt Time   `json:"_updatedAt"`

	URLs     []any `json:"urls"`
	Mentions []any `json:"mentions"`
	Channels []any `json:"channels"`
	// Parsed is the text as paragraphs and what is in them.
	Parsed []any `json:"md"`

	NewRoom        *bool `json:"newRoom,omitempty"`
	ShowConnecting *bool `json:"showConnecting,omitempty"`
}

// Author is who wrote a message.
type Author struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
	Name     string `json:"name,omitempty"`
}

// Metrics are the times of a conversation; durations in seconds.
type Metrics struct {
	Reaction *Reaction       `json:"reaction,omitempty"`
	Response *Response       `json:"response,omitempty"`
	Visitor  *VisitorMetrics `json:"v,omitempty"`
	ServedBy *AgentMetrics   `json:"servedBy,omitempty"`

	ChatDuration        float64 `json:"chatDuration,omitempty"`
	ServiceTimeDuration float64 `json:"serviceTimeDuration,omitempty"`
}

// Reaction is how long the agent took to write at all.
type Reaction struct {
	FirstAt   Time    `json:"fd,omitempty"`
	FirstTime float64 `json:"ft"`
	TotalTime float64 `json:"tt"`
}

// Response is how long the visitor waited for answers.
type Response struct {
	Average   float64 `json:"avg"`
	FirstAt   Time    `json:"fd,omitempty"`
	FirstTime float64 `json:"ft"`
	Total     int     `json:"total"`
	TotalTime float64 `json:"tt"`
}

// VisitorMetrics has the time of the visitor's last question.
type VisitorMetrics struct {
	LastQuestion Time `json:"lq,omitempty"`
}

// AgentMetrics has the time of the agent's last reply.
type AgentMetrics struct {
	LastReply Time `json:"lr,omitempty"`
}
