package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// UserRoomCloser lists the store methods that RoomCloseByUser uses.
type UserRoomCloser interface {
	Authenticator
	Settings(ctx context.Context) (settings.Settings, error)
	// CloseRoom applies decide to the room and stores the result. It fails with
	// livechat.ErrInvalidRoom, or with decide's error.
	CloseRoom(ctx context.Context, rid string,
		decide func(livechat.Room) (livechat.Closed, error)) (livechat.Closed, error)
}

// maxTags limits how many tags a room can have.
const maxTags = 50

var closeByUserBody = schema.Object{
	schema.Required("rid", idText),
	schema.Optional("comment", schema.Text{Max: maxText}),
	schema.Optional("tags", tagsList),
}

// RoomCloseByUser answers POST livechat/room.closeByUser: an agent ends the chat. newID
// returns the id of the closing message.
func RoomCloseByUser(closings UserRoomCloser, schedule Schedule, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(closings, r, livechat.CloseRoom)
		defer caller.release()

		var body struct {
			RoomID  string   `json:"rid"`
			Comment string   `json:"comment"`
			Tags    []string `json:"tags"`
		}
		if invalid := schema.Decode(r.Body, closeByUserBody, &body); invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		settingsTask := startTask(ctx, closings.Settings)
		defer settingsTask.stop()
		closed, err := closings.CloseRoom(ctx, body.RoomID, func(room livechat.Room) (livechat.Closed, error) {
			user, settings, err := authorizedWith(caller, settingsTask)
			if err != nil {
				return livechat.Closed{}, err
			}
			if err := mayClose(user, room, settings, body.Comment); err != nil {
				return livechat.Closed{}, err
			}
			if err := livechat.CheckTags(body.Tags); err != nil {
				return livechat.Closed{}, err
			}
			return schedule.close(room, settings, livechat.CloseParams{
				Now: httpapi.RequestTime(r.Context()), By: &user, Comment: body.Comment, Tags: body.Tags, NewID: newID,
			})
		})
		err = caller.preferAuthError(err)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, livechat.ErrUserInvalidRoom
		}
		if err != nil {
			return nil, err
		}
		countClosed(closed)
		return struct{}{}, nil
	})
}

func mayClose(user livechat.User, room livechat.Room, settings settings.Settings, comment string) error {
	switch {
	case !room.ServedByUser(user.ID) && !user.May(livechat.CloseOthersRoom):
		return livechat.ErrUserNotAuthorized
	case !room.Open:
		return livechat.ErrUserRoomClosed
	case settings.CloseCommentRequired && strings.TrimSpace(comment) == "":
		return livechat.ErrUserCommentRequired
	}
	return nil
}
