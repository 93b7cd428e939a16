package livechat

// Append returns the room with the message as its latest, and the message as it
// stands there: its time is later than that of every message before, so that a
// room's messages have one order, in which the room's figures came about.
//
// The message is among the room's Unsaved until the store gives it a place of
// its own.
func (r Room) Append(m Message) (Room, Message) {
	m.RoomID = r.ID
	r.UpdatedAt = max(r.UpdatedAt, m.Ts)
	m.Ts = max(m.Ts, r.next())
	m.UpdatedAt = max(m.UpdatedAt, m.Ts)
	r.Latest = m.Ts
	r.Messages++
	r.Unsaved = append(r.Unsaved[:len(r.Unsaved):len(r.Unsaved)], m)
	switch {
	case m.Type != "":
		// The service's own words are nobody's question and nobody's answer.
	case m.FromVisitor():
		r = r.hear(m)
	default:
		r = r.reply(m)
	}
	return r, m
}

// next is the earliest time that a further message can have.
func (r Room) next() Time {
	if r.Latest == 0 && r.Msgs == 0 {
		return r.Ts
	}
	// Rooms from before Latest was kept have Lm.
	return max(r.Latest, r.Lm) + 1
}

func (r Room) hear(m Message) Room {
	r.Metrics = r.asked(m.Ts)
	r = r.said(m)
	r.Visitor.LastMessageTs = m.Ts
	if !r.WaitingResponse {
		r.WaitingResponse, r.ResponseBy = true, nil
	}
	return r
}

func (r Room) reply(m Message) Room {
	r.Metrics = r.answered(m.Ts)
	r = r.said(m)
	if r.WaitingResponse || r.ResponseBy == nil {
		r.WaitingResponse = false
		r.ResponseBy = &ResponseBy{ID: m.User.ID, Username: m.User.Username, FirstResponseTs: m.Ts, LastMessageTs: m.Ts}
		return r
	}
	again := *r.ResponseBy
	again.LastMessageTs = m.Ts
	r.ResponseBy = &again
	return r
}

// said counts what people say: the service's own messages are none of it.
func (r Room) said(m Message) Room {
	r.Msgs++
	r.Lm = m.Ts
	r.LastMessage = &m
	return r
}

// Correct returns the room after the message, which is in it, was changed.
func (r Room) Correct(m Message) Room {
	if r.LastMessage != nil && r.LastMessage.ID == m.ID {
		r.LastMessage = &m
	}
	r.UpdatedAt = max(r.UpdatedAt, m.UpdatedAt)
	return r
}

// Withdraw returns the room without a message that is taken back; last is the
// latest of the others that somebody said, nil for none. What was measured by
// the message stays measured.
func (r Room) Withdraw(m Message, last *Message, now Time) Room {
	r.Messages--
	if m.Type == "" {
		r.Msgs--
	}
	if r.LastMessage != nil && r.LastMessage.ID == m.ID {
		r.LastMessage = last
	}
	r.UpdatedAt = max(r.UpdatedAt, now)
	return r
}

// HistoryPage is a part of a room's messages, the latest first.
type HistoryPage struct {
	// Before is the time that all messages of the page are before; zero for any.
	Before Time
	// Containing is what their texts contain, in whatever case; empty for any.
	Containing    string
	Offset, Limit int
}
