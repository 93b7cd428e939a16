package livechat

import (
	"livechat/shared/livechat/markup"
	"livechat/shared/settings"
)

// Message is one message of a conversation, as callers see it.
type Message struct {
	ID     string `json:"_id"`
	RoomID string `json:"rid"`
	// Type is set for system messages, such as MessageClosed.
	Type string `json:"t,omitempty"`
	// Text is the text exactly as it was sent.
	Text string `json:"msg"`
	// Token is the visitor's token. It is set only in messages that a visitor wrote, and
	// only that visitor sees it.
	Token string `json:"token,omitempty"`
	// VisitorID is the id of the room's visitor at the time of posting. It is never on
	// the wire.
	VisitorID string `json:"-"`
	Alias     string `json:"alias,omitempty"`
	// Ts is unique in the room and orders its messages.
	Ts        Time   `json:"ts"`
	User      Author `json:"u"`
	UpdatedAt Time   `json:"_updatedAt"`

	EditedAt Time      `json:"editedAt,omitempty"`
	EditedBy *EditedBy `json:"editedBy,omitempty"`

	URLs     []any `json:"urls"`
	Mentions []any `json:"mentions"`
	Channels []any `json:"channels"`
	// Parsed is the parsed form of Text, see [markup.Parse].
	Parsed []markup.Node `json:"md"`

	// Transfer is set in a MessageTransferred, Navigation in a MessageNavigated.
	Transfer   *Transfer   `json:"transferData,omitempty"`
	Navigation *Navigation `json:"navigation,omitempty"`

	NewRoom        *bool `json:"newRoom,omitempty"`
	ShowConnecting *bool `json:"showConnecting,omitempty"`
}

// Author is the person who wrote a message.
type Author struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
	Name     string `json:"name,omitempty"`
}

// EditedBy is the person who edited a message.
type EditedBy struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
}

// The types of system messages.
const (
	MessageStarted     = "livechat-started"
	MessageJoined      = "uj"
	MessageLeft        = "ul"
	MessageTransferred = "livechat_transfer_history"
	MessageNavigated   = "livechat_navigation_history"
	// MessageClosed reports the closing, with the comment of the person who closed the
	// room.
	MessageClosed = "livechat-close"
)

// MaxText limits a visitor's or agent's text, in characters.
const MaxText = settings.MaxText

// The refusals of the message calls.
var (
	ErrInvalidMessage = NewRefusal("invalid-message")
	ErrMessageTooLong = NewRefusal("message-length-exceeds-character-limit")
)

// FromVisitor reports whether the room's visitor wrote the message.
func (m Message) FromVisitor() bool { return m.Token != "" }

// WithoutToken returns the message without its visitor's token. Everyone except the visitor
// sees the message in this form.
func (m Message) WithoutToken() Message {
	m.Token = ""
	return m
}

// WithParsedText returns the message with Parsed set from its text. System messages are not
// parsed.
func (m Message) WithParsedText() Message {
	if m.Type == "" {
		m.Parsed = markup.Parse(m.Text)
	}
	return m
}

// shownTo returns the message as v sees it after its room was moved to v.
func (m Message) shownTo(v Visitor) Message {
	if m.FromVisitor() {
		m.Token = v.Token
	}
	return m
}

// Edit returns the message with another text.
func (m Message) Edit(text string, now Time) Message {
	m.Text, m.Parsed = text, markup.Parse(text)
	m.EditedAt = max(now, m.Ts)
	m.UpdatedAt = max(m.EditedAt, m.UpdatedAt)
	m.EditedBy = &EditedBy{ID: m.User.ID, Username: m.User.Username}
	return m
}

// size estimates the bytes that the message takes in the table.
func (m Message) size() int {
	const keysAndNames = 512
	size := keysAndNames + len(m.Text) + len(m.Alias) + len(m.User.Username) + len(m.User.Name)
	if m.Transfer != nil {
		size += len(m.Transfer.Comment)
	}
	return size
}

// newMessage returns a message without an id or a text.
func newMessage(by Author, now Time) Message {
	return Message{
		User: by, Ts: now, UpdatedAt: now,
		URLs: []any{}, Mentions: []any{}, Channels: []any{}, Parsed: []markup.Node{},
	}
}

func textMessage(by Author, text string, now Time) Message {
	m := newMessage(by, now)
	m.Text, m.Parsed = text, markup.Parse(text)
	return m
}

func systemMessage(kind string, by Author, text string, now Time) Message {
	m := newMessage(by, now)
	m.Type, m.Text = kind, text
	return m
}

// VisitorMessage returns a message of the room's visitor. id is the id that the visitor's
// client chose. If it is empty, Post assigns an id.
func (r Room) VisitorMessage(id, text string, now Time) Message {
	m := textMessage(r.VisitorAuthor(), text, now)
	m.ID, m.RoomID, m.Token, m.Alias = id, r.ID, r.Visitor.Token, r.Name
	return m
}

// UserMessage returns a message that a user writes in the room.
func (r Room) UserMessage(by User, text string, now Time) Message {
	m := textMessage(by.author(), text, now)
	m.RoomID, m.Alias = r.ID, by.Name
	return m
}

// VisitorAuthor returns the author of the visitor's messages.
func (r Room) VisitorAuthor() Author {
	return Author{ID: r.Visitor.ID, Username: r.Visitor.Username, Name: r.Name}
}

func (u User) author() Author { return Author{ID: u.ID, Username: u.Username, Name: u.Name} }

func (a Agent) author() Author { return Author{ID: a.ID, Username: a.Username, Name: a.Name} }

// Navigation is a page that the visitor opened while the room was open.
type Navigation struct {
	Page PageInfo `json:"page"`
}

// Text returns the text of the message about the page.
func (n Navigation) Text() string { return n.Page.Title + " - " + n.Page.Location.Href }

// PageInfo describes a page, as the website sends it.
type PageInfo struct {
	Change   string   `json:"change"`
	Title    string   `json:"title"`
	Location Location `json:"location"`
}

// Location is the address of a page.
type Location struct {
	Href string `json:"href"`
}

// Visited returns the message about a page that the visitor opened.
func (r Room) Visited(page PageInfo, now Time) Message {
	to := Navigation{Page: page}
	m := systemMessage(MessageNavigated, r.VisitorAuthor(), to.Text(), now)
	m.RoomID, m.Navigation = r.ID, &to
	return m
}

// WrittenByVisitor reports whether the message is a text of the room's current visitor. A
// room that was moved also holds texts of the former visitor.
func (r Room) WrittenByVisitor(m Message) bool {
	return m.Type == "" && m.FromVisitor() && m.User.ID == r.Visitor.ID
}
