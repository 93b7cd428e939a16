package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

// RoomInfoStore is what saying what a room is about, and who its visitor is, needs
// of the store.
type RoomInfoStore interface {
	Authenticator
	Settings(ctx context.Context) (livechat.Settings, error)
	// ChangeRoom changes the room as change says. It fails with
	// livechat.ErrInvalidRoom, or with change's error.
	ChangeRoom(ctx context.Context, rid string, change func(livechat.Room) (livechat.Change, error)) (livechat.Room, error)
	// RegisterVisitor changes the visitor with that token as register says.
	RegisterVisitor(ctx context.Context, token string,
		register func(v livechat.Visitor, known bool) (livechat.Visitor, error),
		counts ...livechat.RateUse) (livechat.Visitor, error)
	// Record keeps an audit entry.
	Record(ctx context.Context, entry livechat.AuditEntry) error
}

var (
	// tagsList is what a room can be tagged with.
	tagsList = schema.List{Max: maxTags, Of: shortText}
	// fieldsMap are custom fields by key.
	fieldsMap = schema.Map{Max: maxCustomFields, Of: schema.Text{Max: maxText}}
)

var saveInfoBody = schema.Object{
	schema.Required("roomData", schema.Object{
		schema.Required("_id", idText),
		schema.Optional("topic", shortText),
		schema.Optional("tags", tagsList),
		schema.Optional("livechatData", fieldsMap),
	}),
	schema.Optional("guestData", schema.Object{
		schema.Required("_id", idText),
		schema.Optional("name", shortText),
		schema.Optional("email", shortText),
		schema.Optional("phone", shortText),
		schema.Optional("livechatData", fieldsMap),
	}),
}

// saveInfo is the body.
type saveInfo struct {
	Room struct {
		ID     string            `json:"_id"`
		Topic  *string           `json:"topic"`
		Tags   *[]string         `json:"tags"`
		Fields map[string]string `json:"livechatData"`
	} `json:"roomData"`
	Guest *struct {
		ID     string            `json:"_id"`
		Name   string            `json:"name"`
		Email  string            `json:"email"`
		Phone  string            `json:"phone"`
		Fields map[string]string `json:"livechatData"`
	} `json:"guestData"`
}

// RoomSaveInfo answers POST livechat/room.saveInfo: an agent says what a room is
// about, and who its visitor is. The room is written first: what fails behind it
// can be done again by the same call. newID names the audit entry of what was
// written about the visitor: surveys go to the address that stands there.
func RoomSaveInfo(descriptions RoomInfoStore, newID func() string) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(descriptions, r)
		defer caller.release()

		var body saveInfo
		if invalid := schema.Decode(r.Body, saveInfoBody, &body); invalid != nil {
			return nil, caller.refused(invalid)
		}
		reading := startTask(ctx, descriptions.Settings)
		defer reading.stop()
		now := RequestTime(ctx)
		room, err := descriptions.ChangeRoom(ctx, body.Room.ID, func(room livechat.Room) (livechat.Change, error) {
			user, err := caller.require(livechat.ViewRoom)
			if err != nil {
				return livechat.Change{}, err
			}
			if err := mayHandle(user, room); err != nil {
				return livechat.Change{}, err
			}
			settings, err := reading.wait()
			if err != nil {
				return livechat.Change{}, err
			}
			if _, err := body.guest(livechat.Visitor{}, room, settings.CustomFields, now); err != nil {
				return livechat.Change{}, err
			}
			next, err := body.describe(room, settings.CustomFields, now)
			return livechat.Change{Room: next}, err
		})
		err = caller.authErrorFirst(livechat.ViewRoom, err)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, livechat.ErrUserInvalidRoom
		}
		if err != nil {
			return nil, err
		}
		if !body.describesGuest() {
			return struct{}{}, nil
		}
		user, err := caller.signedIn()
		if err != nil {
			return nil, err
		}
		entry := livechat.AuditEntry{
			ID: newID(), Action: livechat.AuditVisitorChanged, Ts: now, UserID: user.ID, VisitorID: room.Visitor.ID,
		}
		if err := descriptions.Record(ctx, entry); err != nil {
			return nil, err
		}
		return struct{}{}, body.saveGuest(ctx, descriptions, room, reading, now)
	})
}

// describe returns the room with what the body says of it.
func (b saveInfo) describe(room livechat.Room, fields []livechat.CustomField, now livechat.Time) (livechat.Room, error) {
	if b.Room.Tags != nil {
		if err := livechat.CheckTags(*b.Room.Tags); err != nil {
			return room, err
		}
	}
	next := room.Describe(b.Room.Topic, b.Room.Tags, now)
	_, changed, err := livechat.SetCustomFields(livechat.Visitor{}, &next, livechat.Known(b.Room.Fields, fields, livechat.ScopeRoom), fields, now)
	if changed != nil {
		next = *changed
	}
	return next, err
}

// guest returns the visitor with what the body says of them. It refuses a visitor
// who is not the room's.
func (b saveInfo) guest(v livechat.Visitor, room livechat.Room, fields []livechat.CustomField, now livechat.Time) (livechat.Visitor, error) {
	if b.Guest == nil {
		return v, nil
	}
	if b.Guest.ID != room.Visitor.ID {
		return v, livechat.ErrInvalidRoomVisitor
	}
	said := livechat.Registration{Token: room.Visitor.Token, Name: b.Guest.Name, Email: b.Guest.Email, Phone: b.Guest.Phone}
	if err := said.Check(); err != nil {
		return v, err
	}
	v, err := said.Apply(v, nil, now)
	if err != nil {
		return v, err
	}
	v, _, err = livechat.SetCustomFields(v, nil, livechat.Known(b.Guest.Fields, fields, livechat.ScopeVisitor), fields, now)
	return v, err
}

// describesGuest reports whether the body says more of the visitor than who it is.
func (b saveInfo) describesGuest() bool {
	return b.Guest != nil && (b.Guest.Name != "" || b.Guest.Email != "" || b.Guest.Phone != "" || len(b.Guest.Fields) > 0)
}

// saveGuest writes what the body says of the visitor.
func (b saveInfo) saveGuest(
	ctx context.Context, descriptions RoomInfoStore, room livechat.Room, reading *task[livechat.Settings], now livechat.Time,
) error {
	settings, err := reading.wait()
	if err != nil {
		return err
	}
	_, err = descriptions.RegisterVisitor(ctx, room.Visitor.Token, func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
		if !known || v.ID != room.Visitor.ID {
			return v, livechat.ErrInvalidVisitor // deleted since
		}
		return b.guest(v, room, settings.CustomFields, now)
	})
	return err
}
