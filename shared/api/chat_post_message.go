package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// UserMessagePoster lists the store methods that ChatPostMessage uses.
type UserMessagePoster interface {
	Authenticator
	// PostMessage posts the message that compose adds to the room. It fails with
	// livechat.ErrInvalidRoom, or with compose's error.
	PostMessage(ctx context.Context, rid string, compose func(livechat.Room) (livechat.Change, error)) (livechat.Message, error)
}

var (
	postMessageBody = schema.Object{
		schema.Required("roomId", idText),
		schema.Required("text", messageText),
	}
	errInvalidChannel = livechat.NewRefusal("invalid-channel")
)

type postMessageAnswer struct {
	Ts      livechat.Time    `json:"ts"`
	Channel string           `json:"channel"`
	Message livechat.Message `json:"message"`
}

// ChatPostMessage answers POST chat.postMessage: an agent writes in a room. If the room
// is queued, the agent also takes it. newID returns the ids of the messages.
func ChatPostMessage(messages UserMessagePoster, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(messages, r, livechat.ViewRoom)
		defer caller.release()

		var body struct {
			RoomID string `json:"roomId"`
			Text   string `json:"text"`
		}
		if invalid := schema.Decode(r.Body, postMessageBody, &body); invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		now := httpapi.RequestTime(r.Context())
		message, err := messages.PostMessage(ctx, body.RoomID, func(room livechat.Room) (livechat.Change, error) {
			user, err := caller.authorized()
			if err != nil {
				return livechat.Change{}, err
			}
			if !room.Open {
				return livechat.Change{}, livechat.ErrRoomClosed
			}
			next := livechat.Change{Room: room}
			if room.ServedBy == nil {
				next = room.Take(user.NewAgent(), newID, now)
			}
			if err := user.MayHandle(next.Room); err != nil {
				return livechat.Change{}, err
			}
			return next.Post(next.Room.UserMessage(user, body.Text, now), newID), nil
		})
		err = caller.preferAuthError(err)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, errInvalidChannel
		}
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.MessagesPosted)
		return postMessageAnswer{message.Ts, message.RoomID, message.WithoutToken()}, nil
	})
}
