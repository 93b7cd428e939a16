package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// MessageDeleter lists the store methods that MessageDelete uses.
type MessageDeleter interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// DeleteVisitorsMessage deletes a message of the visitor's room. It calls admit
	// before it reads the message, and remove afterwards, which may change the room. It
	// fails with admit's or remove's error, or with livechat.ErrInvalidToken,
	// ErrInvalidRoom or ErrInvalidMessage.
	DeleteVisitorsMessage(ctx context.Context, token, rid, id string, now livechat.Time, admit func(livechat.Room) error,
		remove func(livechat.Room, livechat.Message) (livechat.Room, error)) error
}

var messageDeleteBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Required("rid", idText),
}

// deletedMessage names a deleted message and the time of its deletion.
type deletedMessage struct {
	ID string        `json:"_id"`
	Ts livechat.Time `json:"ts"`
}

// MessageDelete answers DELETE livechat/message/{_id}: the visitor deletes one of their
// own messages.
func MessageDelete(messages MessageDeleter) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token  string `json:"token"`
			RoomID string `json:"rid"`
		}
		if err := schema.Decode(r.Body, messageDeleteBody, &body); err != nil {
			return nil, err
		}
		id, err := messageID(r, body.Token)
		if err != nil {
			return nil, err
		}
		settings := startTask(r.Context(), messages.Settings)
		defer settings.stop()
		now := httpapi.RequestTime(r.Context())
		admit := func(room livechat.Room) error {
			_, err := counted(room, livechat.EditsPerToken, 0, settings, now)
			return err
		}
		err = messages.DeleteVisitorsMessage(r.Context(), body.Token, body.RoomID, id, now, admit,
			func(room livechat.Room, m livechat.Message) (livechat.Room, error) {
				if !room.WrittenByVisitor(m) {
					return room, livechat.ErrInvalidMessage
				}
				return mayWrite(room, livechat.EditsPerToken, "", len(m.Text), settings, now)
			})
		if err != nil {
			return nil, err
		}
		return map[string]deletedMessage{"message": {ID: id, Ts: now}}, nil
	})
}
