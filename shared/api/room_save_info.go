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
// later write fails, the same call can be retried. newID returns the id of the audit
// entry.
func RoomSaveInfo(store RoomInfoStore, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(store, r, livechat.ViewRoom)
		defer caller.release()

		var body saveInfo
		if invalid := schema.Decode(r.Body, saveInfoBody, &body); invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		settingsTask := startTask(ctx, store.Settings)
		defer settingsTask.stop()
		edit := infoEdit{saveInfo: body, now: httpapi.RequestTime(ctx)}
		room, err := store.ChangeRoom(ctx, body.Room.ID, func(room livechat.Room) (livechat.Change, error) {
			user, settings, err := authorizedWith(caller, settingsTask)
			if err != nil {
				return livechat.Change{}, err
			}
			edit.by, edit.fields = user, settings.CustomFields
			next, err := edit.room(room)
			return livechat.Change{Room: next}, err
		})
		err = caller.preferAuthError(err)
		if errors.Is(err, livechat.ErrInvalidRoom) {
			return nil, livechat.ErrUserInvalidRoom
		}
		if err != nil || !body.describesGuest() {
			return struct{}{}, err
		}
		return struct{}{}, edit.saveGuest(ctx, store, room.Visitor, newID())
	})
}

// infoEdit is an agent's edit of a room and its visitor.
type infoEdit struct {
	saveInfo
	by     livechat.User
	fields []settings.CustomField
	now    livechat.Time
}

// room returns the room with the edited topic, tags and custom fields. It fails if the
// agent may not edit the room, or if any part of the edit is invalid.
func (e infoEdit) room(room livechat.Room) (livechat.Room, error) {
	if err := e.by.MayHandle(room); err != nil {
		return room, err
	}
	if e.Guest != nil && e.Guest.ID != room.Visitor.ID {
		return room, livechat.ErrInvalidRoomVisitor
	}
	if _, err := e.guest(livechat.Visitor{}, room.Visitor.Token); err != nil {
		return room, err
	}
	if e.Room.Tags != nil {
		if err := livechat.CheckTags(*e.Room.Tags); err != nil {
			return room, err
		}
	}
	next := room.Describe(e.Room.Topic, e.Room.Tags, e.now)
	_, changed, err := livechat.SetCustomFields(livechat.Visitor{}, &next,
		livechat.ValuesInScope(e.Room.Fields, e.fields, settings.ScopeRoom), e.fields, e.now)
	if changed != nil {
		next = *changed
	}
	return next, err
}

// guest returns the visitor with the edited name, email, phone and custom fields.
func (e infoEdit) guest(v livechat.Visitor, token string) (livechat.Visitor, error) {
	if e.Guest == nil {
		return v, nil
	}
	registration := livechat.Registration{Token: token, Name: e.Guest.Name, Email: e.Guest.Email, Phone: e.Guest.Phone}
	if err := registration.Check(); err != nil {
		return v, err
	}
	v, err := registration.Apply(v, nil, e.now)
	if err != nil {
		return v, err
	}
	v, _, err = livechat.SetCustomFields(v, nil, livechat.ValuesInScope(e.Guest.Fields, e.fields, settings.ScopeVisitor), e.fields, e.now)
	return v, err
}

// describesGuest reports whether the body has data of the visitor in addition to the id.
func (b saveInfo) describesGuest() bool {
	return b.Guest != nil && (b.Guest.Name != "" || b.Guest.Email != "" || b.Guest.Phone != "" || len(b.Guest.Fields) > 0)
}

// saveGuest stores the edited visitor. It first records the edit in the audit log, because
// a changed address receives the visitor's surveys.
func (e infoEdit) saveGuest(ctx context.Context, store RoomInfoStore, of livechat.RoomVisitor, auditID string) error {
	err := store.RecordAudit(ctx, livechat.AuditEntry{
		ID: auditID, Action: livechat.AuditVisitorChanged, Ts: e.now, UserID: e.by.ID, VisitorID: of.ID,
	})
	if err != nil {
		return err
	}
	_, err = store.RegisterVisitor(ctx, of.Token, func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
		if !known || v.ID != of.ID {
			return v, livechat.ErrInvalidVisitor // the visitor was deleted concurrently
		}
		return e.guest(v, of.Token)
	})
	return err
}
