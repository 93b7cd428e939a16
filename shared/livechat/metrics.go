package livechat

// Metrics are the times of a conversation; durations are in seconds.
type Metrics struct {
	Reaction *Reaction       `json:"reaction,omitempty"`
	Response *Response       `json:"response,omitempty"`
	Visitor  *VisitorMetrics `json:"v,omitempty"`
	ServedBy *AgentMetrics   `json:"servedBy,omitempty"`

	ChatDuration        float64 `json:"chatDuration,omitempty"`
	ServiceTimeDuration float64 `json:"serviceTimeDuration,omitempty"`
}

// Reaction measures how long agents took to reply. The first reply is measured from when
// the agent took the room, each later reply from the visitor's question.
type Reaction struct {
	FirstAt   Time    `json:"fd,omitempty"`
	FirstTime float64 `json:"ft"`
	TotalTime float64 `json:"tt"`
}

// Response measures how long the visitor waited for replies.
type Response struct {
	Average   float64 `json:"avg"`
	FirstAt   Time    `json:"fd,omitempty"`
	FirstTime float64 `json:"ft"`
	Total     int     `json:"total"`
	TotalTime float64 `json:"tt"`
}

// VisitorMetrics holds the time of the visitor's last question.
type VisitorMetrics struct {
	LastQuestion Time `json:"lq,omitempty"`
}

// AgentMetrics holds the time of the agent's last reply.
type AgentMetrics struct {
	LastReply Time `json:"lr,omitempty"`
}

// lastQuestion and lastReply default to the time the room was opened.

func (r Room) lastQuestion() Time {
	if r.Metrics == nil || r.Metrics.Visitor == nil {
		return r.OpenedAt
	}
	return r.Metrics.Visitor.LastQuestion
}

func (r Room) lastReply() Time {
	if r.Metrics == nil || r.Metrics.ServedBy == nil {
		return r.OpenedAt
	}
	return r.Metrics.ServedBy.LastReply
}

// copyMetrics returns a copy that can be changed without changing another Room value.
func (r Room) copyMetrics() *Metrics {
	var m Metrics
	if r.Metrics != nil {
		m = *r.Metrics
	}
	return &m
}

// recordQuestion returns the metrics after a visitor's message. The message is a question
// unless the previous question is still unanswered.
func (r Room) recordQuestion(now Time) *Metrics {
	if r.lastReply() < r.lastQuestion() {
		return r.Metrics
	}
	m := r.copyMetrics()
	m.Visitor = &VisitorMetrics{LastQuestion: now}
	return m
}

// recordReply returns the metrics after an agent's message.
func (r Room) recordReply(now Time) *Metrics {
	m, waited := r.copyMetrics(), seconds(now.Sub(r.lastQuestion()).Seconds())
	first, open := m.Reaction == nil, r.lastQuestion() > r.lastReply()
	switch {
	case first:
		taken := r.OpenedAt
		if r.ServedBy != nil {
			taken = r.ServedBy.Ts
		}
		reacted := seconds(now.Sub(taken).Seconds())
		m.Reaction = &Reaction{FirstAt: now, FirstTime: reacted, TotalTime: reacted}
		m.Response = &Response{FirstAt: now, FirstTime: waited, Total: 1, TotalTime: waited, Average: waited}
	case open:
		reaction, response := *m.Reaction, Response{}
		if m.Response != nil {
			response = *m.Response
		}
		reaction.TotalTime = seconds(reaction.TotalTime + waited)
		response.TotalTime = seconds(response.TotalTime + waited)
		response.Total++
		response.Average = response.TotalTime / float64(response.Total)
		m.Reaction, m.Response = &reaction, &response
	}
	if open {
		m.ServedBy = &AgentMetrics{LastReply: now}
	}
	return m
}
