package api

import (
	"context"
	"net/http"
	"unicode/utf8"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// VisitorMessagePoster lists the store methods that Message uses.
type VisitorMessagePoster interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// PostVisitorMessage posts the message that compose adds to the visitor's room, or
	// returns the visitor's message with the id if it already exists. It fails with
	// livechat.ErrInvalidToken, ErrInvalidRoom or ErrInvalidMessage, or with compose's
	// error.
	PostVisitorMessage(ctx context.Context, token, rid, id string,
		compose func(livechat.Room) (livechat.Change, error)) (livechat.Message, error)
}

var messageBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Required("rid", idText),
	schema.Required("msg", messageText),
	schema.Optional("_id", idText),
	// The widget also sends its agent, which is ignored.
	schema.Optional("agent", schema.Object{
		schema.Required("agentId", idText),
		schema.Required("username", shortText),
	}),
}

type messageAnswer struct {
	Message livechat.Message `json:"message"`
}

// Message answers POST livechat/message: the visitor posts a message. newID returns an id
// for the message if the visitor's client sent no id.
func Message(messages VisitorMessagePoster, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
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
		settings := startTask(r.Context(), messages.Settings)
		defer settings.stop()
		message, err := messages.PostVisitorMessage(r.Context(), body.Token, body.RoomID, body.ID,
			func(room livechat.Room) (livechat.Change, error) {
				room, err := mayWrite(room, livechat.MessagesPerToken, body.Text, len(body.Text), settings, httpapi.RequestTime(r.Context()))
				if err != nil {
					return livechat.Change{}, err
				}
				m := room.VisitorMessage(body.ID, body.Text, httpapi.RequestTime(r.Context()))
				return livechat.Change{Room: room}.Post(m, newID), nil
			})
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.MessagesPosted)
		return messageAnswer{message}, nil
	})
}

// counted returns the room after counting one more call, which writes the given number of
// bytes, under the limit. It fails with livechat.RateLimitError.
func counted(
	room livechat.Room, limit livechat.RateLimit, bytes int, settingsTask *task[settings.Settings], now livechat.Time,
) (livechat.Room, error) {
	settings, err := settingsTask.wait()
	if err != nil {
		return room, err
	}
	room.Usage, err = room.Usage.Add(limit, settings, bytes, now)
	return room, err
}

// mayWrite counts one more call like counted. It also fails if the room is closed or the
// text is too long.
func mayWrite(
	room livechat.Room, limit livechat.RateLimit, text string, bytes int, settingsTask *task[settings.Settings], now livechat.Time,
) (livechat.Room, error) {
	room, err := counted(room, limit, bytes, settingsTask, now)
	if err != nil {
		return room, err
	}
	if !room.Open {
		return room, livechat.ErrRoomClosed
	}
	settings, err := settingsTask.wait()
	if err != nil {
		return room, err
	}
	maxCharacters := int(settings.Widget.Behaviour.LimitTextLength)
	if maxCharacters > 0 && utf8.RuneCountInString(text) > maxCharacters {
		return room, livechat.ErrMessageTooLong
	}
	return room, nil
}
