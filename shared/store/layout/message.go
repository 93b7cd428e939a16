package layout

import (
	"encoding/json"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// storedMessage is a message as it is kept: without what can be had from the
// rest of it, and without the visitor's token. A room can be given to another
// visitor, whom the old one's token would open more than this room.
type storedMessage struct {
	ID          string               `json:"_id"`
	Type        string               `json:"t,omitempty"`
	Text        string               `json:"msg,omitempty"`
	FromVisitor bool                 `json:"fromVisitor,omitempty"`
	Alias       string               `json:"alias,omitempty"`
	User        livechat.Author      `json:"u"`
	Ts          livechat.Time        `json:"ts"`
	UpdatedAt   livechat.Time        `json:"_updatedAt,omitempty"`
	EditedAt    livechat.Time        `json:"editedAt,omitempty"`
	EditedBy    *livechat.EditedBy   `json:"editedBy,omitempty"`
	Transfer    *livechat.Transfer   `json:"transferData,omitempty"`
	Navigation  *livechat.Navigation `json:"navigation,omitempty"`

	NewRoom        *bool `json:"newRoom,omitempty"`
	ShowConnecting *bool `json:"showConnecting,omitempty"`
}

// stored returns the message as it is kept.
func stored(m livechat.Message) storedMessage {
	kept := storedMessage{
		ID: m.ID, Type: m.Type, Text: m.Text, FromVisitor: m.FromVisitor(), Alias: m.Alias, User: m.User, Ts: m.Ts,
		EditedAt: m.EditedAt, EditedBy: m.EditedBy, Transfer: m.Transfer, Navigation: m.Navigation,
		NewRoom: m.NewRoom, ShowConnecting: m.ShowConnecting,
	}
	if m.UpdatedAt != m.Ts {
		kept.UpdatedAt = m.UpdatedAt
	}
	if m.Navigation != nil {
		kept.Text = "" // it says the same
	}
	return kept
}

// sizeOf is how many bytes of an item the message takes, by and large.
func sizeOf(m livechat.Message) int {
	text, err := json.Marshal(stored(m))
	if err != nil {
		return mostUnsavedBytes // which it can't be: it is texts and times
	}
	return len(text)
}

// in returns the message as one of the room, not parsed yet: most that are read are
// not shown.
func (m storedMessage) in(r livechat.Room) livechat.Message {
	whole := livechat.Message{
		ID: m.ID, RoomID: r.ID, Type: m.Type, Text: m.Text, Alias: m.Alias, User: m.User, Ts: m.Ts,
		UpdatedAt: max(m.UpdatedAt, m.Ts), EditedAt: m.EditedAt, EditedBy: m.EditedBy,
		Transfer: m.Transfer, Navigation: m.Navigation, NewRoom: m.NewRoom, ShowConnecting: m.ShowConnecting,
		URLs: []any{}, Mentions: []any{}, Channels: []any{}, Parsed: []livechat.Node{},
	}
	if m.FromVisitor {
		whole.Token = r.Visitor.Token
	}
	if m.Navigation != nil {
		whole.Text = m.Navigation.Text()
	}
	return whole
}

// Place says where the message with an id stands.
type Place struct {
	SK string `json:"place"`
}

// MessageWrites put each message under its time, and beside it where the id is
// found. They may be done again: neither changes what is there.
func MessageWrites(messages []livechat.Message) ([]table.Write, error) {
	var writes []table.Write
	for _, m := range messages {
		item, err := MessageItem(m)
		if err != nil {
			return nil, err
		}
		at, err := PlaceItem(m)
		if err != nil {
			return nil, err
		}
		writes = append(writes, table.Write{Put: item}, table.Write{Put: at})
	}
	return writes, nil
}

// MessageItem is the message by itself, under its time.
func MessageItem(m livechat.Message) (table.Item, error) {
	return table.NewItem(MessageKey(m), stored(m), nil)
}

// PlaceItem says where the message is found by its id.
func PlaceItem(m livechat.Message) (table.Item, error) {
	return table.NewItem(PlaceKey(m.RoomID, m.ID), Place{MessageKey(m).SK}, nil)
}

// DecodeMessage returns a message of the room that has an item of its own.
func DecodeMessage(item table.Item, r livechat.Room) (livechat.Message, error) {
	var m storedMessage
	err := item.Decode(&m)
	return m.in(r), err
}
