package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// MessageEditor lists the store methods that MessageUpdate uses.
type MessageEditor interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// EditVisitorsMessage edits a message of the visitor's room. It calls admit before it
	// reads the message, and edit afterwards. It fails with admit's or edit's error, or
	// with livechat.ErrInvalidToken, ErrInvalidRoom or ErrInvalidMessage.
	EditVisitorsMessage(ctx context.Context, token, rid, id string, admit func(livechat.Room) error,
		edit func(livechat.Room, livechat.Message) (livechat.Room, livechat.Message, error)) (livechat.Message, error)
}

var messageUpdateBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Required("rid", idText),
	schema.Required("msg", messageText),
}

// MessageUpdate answers PUT livechat/message/{_id}: the visitor edits one of their own
// messages.
func MessageUpdate(messages MessageEditor) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token  string `json:"token"`
			RoomID string `json:"rid"`
			Text   string `json:"msg"`
		}
		if err := schema.Decode(r.Body, messageUpdateBody, &body); err != nil {
			return nil, err
		}
		id, err := messageID(r, body.Token)
		if err != nil {
			return nil, err
		}
		settings := startTask(r.Context(), messages.Settings)
		defer settings.stop()
		admit := func(room livechat.Room) error {
			_, err := counted(room, livechat.EditsPerToken, len(body.Text), settings, httpapi.RequestTime(r.Context()))
			return err
		}
		message, err := messages.EditVisitorsMessage(r.Context(), body.Token, body.RoomID, id, admit,
			func(room livechat.Room, m livechat.Message) (livechat.Room, livechat.Message, error) {
				if !room.WrittenByVisitor(m) {
					return room, m, livechat.ErrInvalidMessage
				}
				now, bytes := httpapi.RequestTime(r.Context()), len(m.Text)+len(body.Text)
				room, err := mayWrite(room, livechat.EditsPerToken, body.Text, bytes, settings, now)
				return room, m.Edit(body.Text, now), err
			})
		if err != nil {
			return nil, err
		}
		return messageAnswer{message}, nil
	})
}
