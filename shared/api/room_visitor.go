package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// RoomMover lists the store methods that RoomVisitor uses.
type RoomMover interface {
	Authenticator
	Settings(ctx context.Context) (settings.Settings, error)
	// MoveRoom applies decide to the room and returns the changed room. It fails with
	// livechat.ErrInvalidVisitor, ErrInvalidRoom or ErrVisitorHasOpenRoom, or with
	// decide's error.
	MoveRoom(ctx context.Context, rid, visitorID string,
		decide func(livechat.Room, livechat.Visitor) (livechat.Room, livechat.AuditEntry, error)) (livechat.Room, error)
	WholeRooms
}

type moveAnswer struct {
	RoomID string    `json:"rid"`
	Room   movedRoom `json:"room"`
}

// movedRoom is the room with its id under the two names that the wire format has for it.
type movedRoom struct {
	RoomID string `json:"rid"`
	livechat.Room
}

// RoomVisitor answers PUT livechat/room.visitor: an agent moves a room to another
// visitor. If the setting ShowVisitorTokens is on, the answer contains the new visitor's
// token, and the move's audit entry shows who received it. If the move changes nothing,
// the answer contains no token. newID returns the id of the audit entry.
func RoomVisitor(moves RoomMover, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(moves, r, livechat.ViewRoom)
		defer caller.release()

		var move move
		if invalid := schema.Decode(r.Body, moveBody, &move); invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		settingsTask := startTask(ctx, moves.Settings)
		defer settingsTask.stop()
		showToken := false
		room, err := moves.MoveRoom(ctx, move.RoomID, move.to(),
			func(room livechat.Room, visitor livechat.Visitor) (livechat.Room, livechat.AuditEntry, error) {
				user, settings, err := authorizedWith(caller, settingsTask)
				if err != nil {
					return livechat.Room{}, livechat.AuditEntry{}, err
				}
				if move.OldVisitorID != nil && *move.OldVisitorID != room.Visitor.ID {
					return livechat.Room{}, livechat.AuditEntry{}, livechat.ErrInvalidRoomVisitor
				}
				if room.ServedBy != nil {
					if err := user.MayHandle(room); err != nil {
						return livechat.Room{}, livechat.AuditEntry{}, err
					}
				}
				showToken = settings.ShowVisitorTokens && visitor.ID != room.Visitor.ID && visitor.Token != room.Visitor.Token
				moved, entry := room.MoveTo(visitor, livechat.AuditEntry{
					ID: newID(), UserID: user.ID, Ts: httpapi.RequestTime(r.Context()),
				})
				return moved, entry, nil
			})
		if err := caller.preferAuthError(err); err != nil {
			return nil, err
		}
		if room, err = moves.WithLongAnswers(ctx, room); err != nil {
			return nil, err
		}
		if !showToken {
			room = room.WithoutToken()
		}
		telemetry.Count(telemetry.RoomsMoved)
		return moveAnswer{RoomID: room.ID, Room: movedRoom{RoomID: room.ID, Room: room}}, nil
	})
}

// move is the body in either of its two forms, {rid, visitorId} or {rid, oldVisitorId,
// newVisitorId}. Each form belongs to some versions of the wire format.
type move struct {
	RoomID       string  `json:"rid"`
	VisitorID    *string `json:"visitorId"`
	OldVisitorID *string `json:"oldVisitorId"`
	NewVisitorID string  `json:"newVisitorId"`
}

// to returns the id of the new visitor.
func (m move) to() string {
	if m.VisitorID != nil {
		return *m.VisitorID
	}
	return m.NewVisitorID
}

var moveBody = schema.Either{
	IfAny: []string{"oldVisitorId", "newVisitorId"},
	Then: schema.Object{
		schema.Required("rid", idText),
		schema.Required("oldVisitorId", idText),
		schema.Required("newVisitorId", idText),
	},
	Otherwise: schema.Object{
		schema.Required("rid", idText),
		schema.Required("visitorId", idText),
	},
}
