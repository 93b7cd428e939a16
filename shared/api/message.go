package api

import (
	"context"
	"net/http"
	"unicode/utf8"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// Messages is what a visitor's message needs of the store.
type Messages interface {
	Admissions
	Settings(ctx context.Context) (livechat.Settings, error)
	// PostVisitorMessage puts the message with that id, which say returns, into the
	// visitor's room, or returns the one of theirs that has the id already. It
	// fails with livechat.ErrInvalidToken, ErrInvalidRoom or ErrInvalidMessage, or
	// as say does.
	PostVisitorMessage(ctx context.Context, token, rid, id string,
		say func(livechat.Room) (livechat.Room, livechat.Message, error)) (livechat.Message, error)
}

var messageBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Required("rid", idText),
	schema.Required("msg", saidText),
	schema.Optional("_id", idText),
	// What the widget knows of the agent, which is of no use here.
	schema.Optional("agent", schema.Object{
		schema.Required("agentId", idText),
		schema.Required("username", shortText),
	}),
}

type messageAnswer struct {
	Message livechat.Message `json:"message"`
}

// Message answers POST livechat/message: the visitor says something. newID gives
// the message its identity if the visitor did not.
func Message(messages Messages, newID func() string) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token  string `json:"token"`
			RoomID string `json:"rid"`
			Text   string `json:"msg"`
			ID     string `json:"_id"`
		}
		if err := schema.Decode(r.Body, messageBody, &body); err != nil {
			return nil, err
		}
		if !livechat.CanBeToken(body.Token) {
			return nil, livechat.ErrInvalidToken
		}
		if body.ID == "" {
			body.ID = newID()
		}
		settings := start(r.Context(), messages.Settings)
		defer settings.stop()
		admission := admit(r.Context(), messages,
			livechat.Count{Limit: livechat.MessagesPerToken, By: body.Token, What: body.RoomID + " " + body.ID})
		defer admission.letGo()
		message, err := messages.PostVisitorMessage(r.Context(), body.Token, body.RoomID, body.ID,
			func(room livechat.Room) (livechat.Room, livechat.Message, error) {
				if err := admission.first(mayWrite(room, body.Text, settings)); err != nil {
					return livechat.Room{}, livechat.Message{}, err
				}
				return room, room.VisitorMessage(body.ID, body.Text, RequestTime(r.Context())), nil
			})
		if err := admission.first(err); err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.MessagesPosted)
		return messageAnswer{message}, nil
	})
}

// mayWrite refuses a text of the visitor's that the room cannot take.
func mayWrite(room livechat.Room, text string, reading *started[livechat.Settings]) error {
	if !room.Open {
		return livechat.ErrRoomClosed
	}
	settings, err := reading.wait()
	if err != nil {
		return err
	}
	limit := int(settings.Widget.Behaviour.LimitTextLength)
	if limit > 0 && utf8.RuneCountInString(text) > limit {
		return livechat.ErrMessageTooLong
	}
	return nil
}
