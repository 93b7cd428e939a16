package layout

import (
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/livechat/markup"
	"livechat/shared/store/table"
)

// storedMessage is the stored form of a message. It leaves out redundant members and the
// visitor's token. A room can be moved to another visitor, who must not see the previous
// visitor's token, because the token gives access to more than this room.
type storedMessage struct {
	ID         string               `json:"_id"`
	Type       string               `json:"t,omitempty"`
	Text       string               `json:"msg,omitempty"`
	VisitorID  string               `json:"visitorId,omitempty"`
	Alias      string               `json:"alias,omitempty"`
	User       livechat.Author      `json:"u"`
	Ts         livechat.Time        `json:"ts"`
	UpdatedAt  livechat.Time        `json:"_updatedAt,omitempty"`
	EditedAt   livechat.Time        `json:"editedAt,omitempty"`
	EditedBy   *livechat.EditedBy   `json:"editedBy,omitempty"`
	Transfer   *livechat.Transfer   `json:"transferData,omitempty"`
	Navigation *livechat.Navigation `json:"navigation,omitempty"`

	NewRoom        *bool `json:"newRoom,omitempty"`
	ShowConnecting *bool `json:"showConnecting,omitempty"`
}

func toStored(m livechat.Message) storedMessage {
	kept := storedMessage{
		ID: m.ID, Type: m.Type, Text: m.Text, VisitorID: m.VisitorID, Alias: m.Alias, User: m.User, Ts: m.Ts,
		EditedAt: m.EditedAt, EditedBy: m.EditedBy, Transfer: m.Transfer, Navigation: m.Navigation,
		NewRoom: m.NewRoom, ShowConnecting: m.ShowConnecting,
	}
	if m.VisitorID == "" && m.FromVisitor() {
		kept.VisitorID = m.User.ID // imported messages have no VisitorID
	}
	if m.UpdatedAt != m.Ts {
		kept.UpdatedAt = m.UpdatedAt
	}
	if m.Navigation != nil {
		kept.Text = "" // the text follows from the navigation
	}
	return kept
}

// fromVisitor reports whether the visitor to whom the room belonged at the time wrote the
// message.
func (m storedMessage) fromVisitor() bool { return m.Type == "" && m.User.ID == m.VisitorID }

// toMessage converts m to a message of the room. It does not parse the text, because most
// messages that are read are not shown.
func (m storedMessage) toMessage(r livechat.Room) livechat.Message {
	whole := livechat.Message{
		ID: m.ID, RoomID: r.ID, Type: m.Type, Text: m.Text, VisitorID: m.VisitorID, Alias: m.Alias, User: m.User, Ts: m.Ts,
		UpdatedAt: max(m.UpdatedAt, m.Ts), EditedAt: m.EditedAt, EditedBy: m.EditedBy,
		Transfer: m.Transfer, Navigation: m.Navigation, NewRoom: m.NewRoom, ShowConnecting: m.ShowConnecting,
		URLs: []any{}, Mentions: []any{}, Channels: []any{}, Parsed: []markup.Node{},
	}
	if m.fromVisitor() {
		whole.Token = r.Visitor.Token
	}
	if m.Navigation != nil {
		whole.Text = m.Navigation.Text()
	}
	return whole
}

// MessageItem returns the message's item, whose key holds the message's time and id.
func MessageItem(m livechat.Message) (table.Item, error) {
	return table.NewItem(MessageKey(m), toStored(m), nil)
}

// DecodeMessage decodes a message of the room.
func DecodeMessage(item table.Item, r livechat.Room) (livechat.Message, error) {
	var m storedMessage
	err := item.Decode(&m)
	return m.toMessage(r), err
}

// MessageWrites returns the writes of new messages. If a message's id does not contain
// its time, for example because a client chose the id, MessageWrites adds the message's
// MessageIDItem, which must not exist yet.
func MessageWrites(messages []livechat.Message) ([]table.Write, error) {
	var writes []table.Write
	for _, m := range messages {
		item, err := MessageItem(m)
		if err != nil {
			return nil, err
		}
		writes = append(writes, table.Write{Put: item})
		if key, ok := TimedMessageKey(m.RoomID, m.ID); ok && key == MessageKey(m) {
			continue
		}
		id, err := MessageIDItem(m)
		if err != nil {
			return nil, err
		}
		writes = append(writes, table.Write{Put: id, If: IfAbsent})
	}
	return writes, nil
}

// MessageIDItem returns the item that holds the time of a message whose id does not
// contain the time.
func MessageIDItem(m livechat.Message) (table.Item, error) {
	return table.NewItem(MessageIDKey(m.RoomID, m.ID), struct {
		Ts livechat.Time `json:"ts"`
	}{m.Ts}, nil)
}

// KeyOfMessageID returns the key of the message for which MessageIDItem returned the
// item.
func KeyOfMessageID(item table.Item) (table.Key, error) {
	var kept struct {
		Ts livechat.Time `json:"ts"`
	}
	err := item.Decode(&kept)
	key := item.Key()
	key.SK = messageSort(kept.Ts, strings.TrimPrefix(key.SK, PrefixMessageID))
	return key, err
}
