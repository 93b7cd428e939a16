package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

// MessageDeletions is what taking a message back needs of the store.
type MessageDeletions interface {
	// DeleteVisitorsMessage removes a message of the visitor's room if allow lets
	// it. It fails with livechat.ErrInvalidToken, ErrInvalidRoom or
	// ErrInvalidMessage, or as allow does.
	DeleteVisitorsMessage(ctx context.Context, token, rid, id string, now livechat.Time,
		allow func(livechat.Room, livechat.Message) error) error
}

var messageDeleteBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Required("rid", idText),
}

// deletedMessage says which message is gone, and since when.
type deletedMessage struct {
	ID string        `json:"_id"`
	Ts livechat.Time `json:"ts"`
}

// MessageDelete answers DELETE livechat/message/{_id}: the visitor takes a message
// of theirs back.
func MessageDelete(messages MessageDeletions) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
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
		now := RequestTime(r.Context())
		err = messages.DeleteVisitorsMessage(r.Context(), body.Token, body.RoomID, id, now,
			func(room livechat.Room, m livechat.Message) error {
				if !room.WrittenByVisitor(m) {
					return livechat.ErrInvalidMessage
				}
				if !room.Open {
					return livechat.ErrRoomClosed
				}
				return nil
			})
		if err != nil {
			return nil, err
		}
		return map[string]deletedMessage{"message": {ID: id, Ts: now}}, nil
	})
}
