package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// RoomInfoStore lists the store methods that RoomSaveInfo uses.
type RoomInfoStore interface {
	Authenticator
	Settings(ctx context.Context) (settings.Settings, error)
	// ChangeRoom applies change to the room. It fails with livechat.ErrInvalidRoom, or
	// with change's error.
	ChangeRoom(ctx context.Context, rid string, change func(livechat.Room) (livechat.Change, error)) (livechat.Room, error)
	// RegisterVisitor applies register to the visitor with the token.
	RegisterVisitor(ctx context.Context, token string,
		register func(v livechat.Visitor, known bool) (livechat.Visitor, error),
		uses ...livechat.RateUse) (livechat.Visitor, error)
	// RecordAudit stores an audit entry.
	RecordAudit(ctx context.Context, entry livechat.AuditEntry) error
}

var (
	// tagsList describes a room's tags.
	tagsList = schema.List{Max: maxTags, Of: shortText}
	// fieldsMap describes custom fields by key.
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

// saveInfo is the body of a livechat/room.saveInfo call.
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

// RoomSaveInfo answers POST livechat/room.saveInfo: an agent edits a room's topic, tags
// and custom fields, and the details of its visitor. The room is written first. If a
// later write fails, the same call can be retried. A change of the visitor is recorded in
// the audit log, because a changed address receives the visitor's surveys. newID returns
// the id of the audit entry.
func RoomSaveInfo(store RoomInfoStore, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(store, r)
		defer caller.release()

		var body saveInfo
		if invalid := schema.Decode(r.Body, saveInfoBody, &body); invalid != nil {
			return nil, caller.refused(invalid)
		}
		settingsTask := startTask(ctx, store.Settings)
		defer settingsTask.stop()
		now := httpapi.RequestTime(ctx)
		room, err := store.ChangeRoom(ctx, body.Room.ID, func(room livechat.Room) (livechat.Change, error) {
			user, err := caller.require(livechat.ViewRoom)
			if err != nil {
				return livechat.Change{}, err
			}
			if err := user.MayHandle(room); err != nil {
				return livechat.Change{}, err
			}
			settings, err := settingsTask.wait()
			if err != nil {
				return livechat.Change{}, err
			}
			if _, err := body.applyToGuest(livechat.Visitor{}, room, settings.CustomFields, now); err != nil {
				return livechat.Change{}, err
			}
			next, err := body.applyToRoom(room, settings.CustomFields, now)
			return livechat.Change{Room: next}, err
		})
		err = caller.preferAuthError(livechat.ViewRoom, err)
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
		if err := store.RecordAudit(ctx, entry); err != nil {
			return nil, err
		}
		return struct{}{}, body.saveGuest(ctx, store, room, settingsTask, now)
	})
}

// applyToRoom returns the room with the topic, tags and custom fields of the body.
func (b saveInfo) applyToRoom(room livechat.Room, fields []settings.CustomField, now livechat.Time) (livechat.Room, error) {
	if b.Room.Tags != nil {
		if err := livechat.CheckTags(*b.Room.Tags); err != nil {
			return room, err
		}
	}
	next := room.Describe(b.Room.Topic, b.Room.Tags, now)
	_, changed, err := livechat.SetCustomFields(livechat.Visitor{}, &next, livechat.ValuesInScope(b.Room.Fields, fields, settings.ScopeRoom),
		fields, now)
	if changed != nil {
		next = *changed
	}
	return next, err
}

// applyToGuest returns the visitor with the name, email, phone and custom fields of the
// body. It fails if the body names another visitor than the room's.
func (b saveInfo) applyToGuest(v livechat.Visitor, room livechat.Room, fields []settings.CustomField,
	now livechat.Time) (livechat.Visitor, error) {
	if b.Guest == nil {
		return v, nil
	}
	if b.Guest.ID != room.Visitor.ID {
		return v, livechat.ErrInvalidRoomVisitor
	}
	registration := livechat.Registration{Token: room.Visitor.Token, Name: b.Guest.Name, Email: b.Guest.Email, Phone: b.Guest.Phone}
	if err := registration.Check(); err != nil {
		return v, err
	}
	v, err := registration.Apply(v, nil, now)
	if err != nil {
		return v, err
	}
	v, _, err = livechat.SetCustomFields(v, nil, livechat.ValuesInScope(b.Guest.Fields, fields, settings.ScopeVisitor), fields, now)
	return v, err
}

// describesGuest reports whether the body has data of the visitor in addition to the id.
func (b saveInfo) describesGuest() bool {
	return b.Guest != nil && (b.Guest.Name != "" || b.Guest.Email != "" || b.Guest.Phone != "" || len(b.Guest.Fields) > 0)
}

// saveGuest stores the body's data of the visitor.
func (b saveInfo) saveGuest(
	ctx context.Context, store RoomInfoStore, room livechat.Room, reading *task[settings.Settings], now livechat.Time,
) error {
	settings, err := reading.wait()
	if err != nil {
		return err
	}
	_, err = store.RegisterVisitor(ctx, room.Visitor.Token, func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
		if !known || v.ID != room.Visitor.ID {
			return v, livechat.ErrInvalidVisitor // deleted in the meantime
		}
		return b.applyToGuest(v, room, settings.CustomFields, now)
	})
	return err
}
