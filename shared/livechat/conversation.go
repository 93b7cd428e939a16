package livechat

import (
	"reflect"
	"unicode/utf8"
)

// Change is the result of an operation on a room: the room afterwards, and its new
// messages in order. The store writes both in one transaction.
type Change struct {
	Room     Room
	Messages []Message
}

// Differs reports whether the change posts a message, or whether its room differs from
// was in a field other than UpdatedAt and Usage.
func (c Change) Differs(was Room) bool {
	next := c.Room
	next.UpdatedAt, next.Usage = was.UpdatedAt, was.Usage
	return len(c.Messages) > 0 || !reflect.DeepEqual(next, was)
}

// Post returns the change with m as the room's latest message, and updates the room's
// figures. If necessary, Post moves m's time after the times of all earlier messages, so
// that a room's messages can be sorted by ts. If m has no id, Post assigns an id that
// begins with the message's time, see messageID.
func (c Change) Post(m Message, newID func() string) Change {
	r := c.Room
	m.RoomID, m.VisitorID = r.ID, r.Visitor.ID
	m.Ts = max(m.Ts, r.nextTs())
	m.UpdatedAt = max(m.UpdatedAt, m.Ts)
	if m.ID == "" {
		m.ID = messageID(m.Ts, newID())
	}
	r.UpdatedAt = max(r.UpdatedAt, m.Ts)
	r.MaxMessageBytes = r.longestAfter(m)
	switch {
	case m.Type != "":
		// A system message is neither a question nor an answer.
	case m.FromVisitor():
		r = r.recordVisitorMessage(m)
	default:
		r = r.recordAgentMessage(m)
	}
	return Change{r, append(c.Messages[:len(c.Messages):len(c.Messages)], m)}
}

// nextTs returns the earliest time for the next message. Every change of a room sets
// UpdatedAt to the time of the change or later, so no message is later than UpdatedAt.
// LastActivityAt matters for imported rooms only.
func (r Room) nextTs() Time { return max(r.UpdatedAt, r.LastActivityAt) + 1 }

// longestAfter returns MaxMessageBytes after m is added. If the longest of the earlier
// messages is unknown, the result is 0, which means unknown.
func (r Room) longestAfter(m Message) int {
	if r.MaxMessageBytes == 0 && r.MessageCount > 0 {
		return 0
	}
	return max(r.MaxMessageBytes, m.size())
}

func (r Room) recordVisitorMessage(m Message) Room {
	r.Metrics = r.recordQuestion(m.Ts)
	r = r.countMessage(m)
	r.Visitor.LastMessageTs = m.Ts
	if !r.WaitingResponse {
		r.WaitingResponse, r.ResponseBy = true, nil
	}
	return r
}

func (r Room) recordAgentMessage(m Message) Room {
	r.Metrics = r.recordReply(m.Ts)
	r = r.countMessage(m)
	if r.WaitingResponse || r.ResponseBy == nil {
		r.WaitingResponse = false
		r.ResponseBy = &ResponseBy{ID: m.User.ID, Username: m.User.Username, FirstResponseTs: m.Ts, LastMessageTs: m.Ts}
		return r
	}
	responseBy := *r.ResponseBy
	responseBy.LastMessageTs = m.Ts
	r.ResponseBy = &responseBy
	return r
}

// countMessage counts m, which a person wrote, and makes m the room's last message.
// System messages are not counted.
func (r Room) countMessage(m Message) Room {
	r.MessageCount++
	r.LastActivityAt = m.Ts
	last := m.beginning()
	r.LastMessage = &last
	return r
}

// A room holds only the beginning of its last message. Every message rewrites the room's
// item, so the item must stay small.
const (
	maxLastText  = 1000 // characters
	maxLastBytes = 3000
)

// beginning returns the message with its text cut to maxLastText characters and
// maxLastBytes bytes.
func (m Message) beginning() Message {
	characters := 0
	for i, r := range m.Text {
		if characters == maxLastText || i+utf8.RuneLen(r) > maxLastBytes {
			m.Text = m.Text[:i]
			return m.WithParsedText()
		}
		characters++
	}
	return m
}

// ReplaceMessage returns the room after its message m was edited.
func (r Room) ReplaceMessage(m Message) Room {
	if r.LastMessage != nil && r.LastMessage.ID == m.ID {
		last := m.beginning()
		r.LastMessage = &last
	}
	r.UpdatedAt = max(r.UpdatedAt, m.UpdatedAt)
	r.MaxMessageBytes = r.longestAfter(m)
	return r
}

// RemoveMessage returns the room without m. last is the latest remaining message that a
// person wrote, or nil if no such message remains. The metrics do not change.
func (r Room) RemoveMessage(m Message, last *Message, now Time) Room {
	if m.Type == "" {
		r.MessageCount--
	}
	if r.LastMessage != nil && r.LastMessage.ID == m.ID {
		r.LastMessage = nil
		if last != nil {
			shown := last.beginning()
			r.LastMessage = &shown
		}
	}
	r.UpdatedAt = max(r.UpdatedAt, now)
	return r
}

// HistoryPage selects a part of a room's messages, newest first.
type HistoryPage struct {
	// Before excludes messages posted at this time or later. If it is zero, no messages
	// are excluded.
	Before Time
	// Containing selects the messages that contain this text, ignoring case. If it is
	// empty, all messages are selected.
	Containing    string
	Offset, Limit int
}

// History holds the messages that one bounded read of a room returned.
type History struct {
	// Messages are newest first, possibly fewer than the page's Limit.
	Messages []Message
	// End is the value of Before for the next page. It is zero if the read reached the
	// room's first message.
	End Time
}
