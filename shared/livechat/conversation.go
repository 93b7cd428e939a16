package livechat

import (
	"reflect"
	"unicode/utf8"
)

// Change is what becomes of a room: the room afterwards, and the messages that
// its conversation gained, in order. The store writes both in one transaction.
type Change struct {
	Room     Room
	Messages []Message
}

// Differs reports whether the change is one of the room as it was: whether there is
// a message, or more than the time of the last change is different.
func (c Change) Differs(was Room) bool {
	next := c.Room
	next.UpdatedAt, next.Usage = was.UpdatedAt, was.Usage
	return len(c.Messages) > 0 || !reflect.DeepEqual(next, was)
}

// Post returns the change with m as the room's latest message. The message gets a
// time later than that of every message before it, so that ts orders a room's
// messages, and the room's figures follow. A message without an id gets one that
// begins with its time, see messageID.
func (c Change) Post(m Message, newID func() string) Change {
	r := c.Room
	m.RoomID, m.VisitorID = r.ID, r.Visitor.ID
	m.Ts = max(m.Ts, r.nextTs())
	m.UpdatedAt = max(m.UpdatedAt, m.Ts)
	if m.ID == "" {
		m.ID = messageID(m.Ts, newID())
	}
	r.UpdatedAt = max(r.UpdatedAt, m.Ts)
	r.LongestMessage = r.longestWith(m)
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

// nextTs is the earliest time that the next message can have. Every change of a
// room moves UpdatedAt to its time or later, so UpdatedAt is never before the time
// of a message; Lm is for rooms of an import.
func (r Room) nextTs() Time { return max(r.UpdatedAt, r.LastActivityAt) + 1 }

// longestWith is LongestMessage with m in the room. Where it is not known of the
// messages that are there, it stays so.
func (r Room) longestWith(m Message) int {
	if r.LongestMessage == 0 && r.MessageCount > 0 {
		return 0
	}
	return max(r.LongestMessage, m.size())
}

func (r Room) recordVisitorMessage(m Message) Room {
	r.Metrics = r.asked(m.Ts)
	r = r.countMessage(m)
	r.Visitor.LastMessageTs = m.Ts
	if !r.WaitingResponse {
		r.WaitingResponse, r.ResponseBy = true, nil
	}
	return r
}

func (r Room) recordAgentMessage(m Message) Room {
	r.Metrics = r.answered(m.Ts)
	r = r.countMessage(m)
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

// countMessage counts what people write; system messages are not counted.
func (r Room) countMessage(m Message) Room {
	r.MessageCount++
	r.LastActivityAt = m.Ts
	last := m.beginning()
	r.LastMessage = &last
	return r
}

// A room shows the beginning of its last message: a room's item must stay small,
// because every message rewrites it.
const (
	maxLastText  = 1000 // characters
	maxLastBytes = 3000
)

// beginning returns the message with the first maxLastText characters of its text,
// fewer where these are more than maxLastBytes.
func (m Message) beginning() Message {
	characters := 0
	for i, r := range m.Text {
		if characters == maxLastText || i+utf8.RuneLen(r) > maxLastBytes {
			m.Text = m.Text[:i]
			return m.WithParsed()
		}
		characters++
	}
	return m
}

// ReplaceMessage returns the room after m, which is in it, was edited.
func (r Room) ReplaceMessage(m Message) Room {
	if r.LastMessage != nil && r.LastMessage.ID == m.ID {
		last := m.beginning()
		r.LastMessage = &last
	}
	r.UpdatedAt = max(r.UpdatedAt, m.UpdatedAt)
	r.LongestMessage = r.longestWith(m)
	return r
}

// RemoveMessage returns the room without m. last is the latest of the remaining
// messages that people wrote, nil if there is none. Metrics that m contributed to
// stay as they are.
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

// HistoryPage is the part of a room's messages that a caller asks for, newest
// first.
type HistoryPage struct {
	// Before excludes messages at this time and later; zero excludes none.
	Before Time
	// Containing is a text that the messages contain, in any case; empty for all.
	Containing    string
	Offset, Limit int
}

// History is the part of a room's messages that a read of bounded size returned.
type History struct {
	// Messages are newest first. There can be fewer than the page's Limit.
	Messages []Message
	// End is the time before which there may be more messages: the Before of the
	// next page. Zero when the room's first message was reached.
	End Time
}
