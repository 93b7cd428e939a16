package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

// Descriptions is what saying what a room is about needs of the store.
type Descriptions interface {
	SignIns
	// ChangeRoom changes the room as change says, where it says that it differs.
	// It fails with livechat.ErrInvalidRoom, or as change does.
	ChangeRoom(ctx context.Context, rid string,
		change func(livechat.Room) (livechat.Room, bool, error)) (livechat.Room, error)
}

// tagsList is what a room can be tagged with.
var tagsList = schema.List{Max: maxTags, Of: shortText}

// saveInfoBody takes the visitor's id, which clients send, and which must be that
// of the room's.
var saveInfoBody = schema.Object{
	schema.Required("roomData", schema.Object{
		schema.Required("_id", idText),
		schema.Optional("topic", shortText),
		schema.Optional("tags", tagsList),
	}),
	schema.Optional("guestData", schema.Object{schema.Required("_id", idText)}),
}

// RoomSaveInfo answers POST livechat/room.saveInfo: an agent says what a room is
// about.
func RoomSaveInfo(descriptions Descriptions) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(descriptions, r)
		defer caller.letGo()

		var body struct {
			Room struct {
				ID    string    `json:"_id"`
				Topic *string   `json:"topic"`
				Tags  *[]string `json:"tags"`
			} `json:"roomData"`
			Guest *struct {
				ID string `json:"_id"`
			} `json:"guestData"`
		}
		if invalid := schema.Decode(r.Body, saveInfoBody, &body); invalid != nil {
			return nil, caller.refused(invalid)
		}
		_, err := descriptions.ChangeRoom(ctx, body.Room.ID, func(room livechat.Room) (livechat.Room, bool, error) {
			user, err := caller.may(livechat.ViewRoom)
			if err != nil {
				return room, false, err
			}
			if body.Guest != nil && body.Guest.ID != room.Visitor.ID {
				return room, false, livechat.ErrInvalidRoomVisitor
			}
			if err := mayHandle(user, room); err != nil {
				return room, false, err
			}
			return room.Describe(body.Room.Topic, body.Room.Tags, RequestTime(r.Context())), true, nil
		})
		if _, refused := caller.may(livechat.ViewRoom); refused != nil {
			return nil, refused
		}
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, livechat.ErrUserInvalidRoom
		}
		if err != nil {
			return nil, err
		}
		return struct{}{}, nil
	})
}
