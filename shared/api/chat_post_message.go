package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// UserMessages is what a user's message needs of the store.
type UserMessages interface {
	SignIns
	// PostMessage puts the message with that id, which say returns, into the room.
	// It fails with livechat.ErrInvalidRoom, or as say does.
	PostMessage(ctx context.Context, rid, id string,
		say func(livechat.Room) (livechat.Room, livechat.Message, error)) (livechat.Message, error)
}

var (
	postMessageBody = schema.Object{
		schema.Required("roomId", idText),
		schema.Required("text", saidText),
	}
	errInvalidChannel = livechat.Refuse("invalid-channel")
)

type postMessageAnswer struct {
	Ts      livechat.Time    `json:"ts"`
	Channel string           `json:"channel"`
	Message livechat.Message `json:"message"`
}

// ChatPostMessage answers POST chat.postMessage: an agent says something in a
// room. One that nobody serves is the agent's from then on. newID gives the
// messages their identity.
func ChatPostMessage(messages UserMessages, newID func() string) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(messages, r)
		defer caller.letGo()

		var body struct {
			RoomID string `json:"roomId"`
			Text   string `json:"text"`
		}
		if invalid := schema.Decode(r.Body, postMessageBody, &body); invalid != nil {
			return nil, caller.refused(invalid)
		}
		id, now := newID(), RequestTime(r.Context())
		message, err := messages.PostMessage(ctx, body.RoomID, id,
			func(room livechat.Room) (livechat.Room, livechat.Message, error) {
				user, err := caller.may(livechat.ViewRoom)
				if err != nil {
					return livechat.Room{}, livechat.Message{}, err
				}
				if !room.Open {
					return livechat.Room{}, livechat.Message{}, livechat.ErrRoomClosed
				}
				if room.ServedBy == nil {
					room = room.Take(user.NewAgent(), newID(), now)
				}
				if err := mayHandle(user, room); err != nil {
					return livechat.Room{}, livechat.Message{}, err
				}
				return room, room.UserMessage(id, user, body.Text, now), nil
			})
		err = caller.first(livechat.ViewRoom, err)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, errInvalidChannel
		}
		if err != nil {
			return nil, err
		}
		telemetry.Count(telemetry.MessagesPosted)
		return postMessageAnswer{message.Ts, message.RoomID, message.Private()}, nil
	})
}

// mayHandle refuses a user who neither serves the room nor may see those of
// others.
func mayHandle(user livechat.User, room livechat.Room) error {
	if room.ServedByUser(user.ID) || user.May(livechat.ViewRooms) {
		return nil
	}
	return livechat.ErrUserNotAuthorized
}
