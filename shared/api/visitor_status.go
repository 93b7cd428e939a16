package api

import (
	"context"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// VisitorUpdater lists the store methods that VisitorStatus and CustomField use.
type VisitorUpdater interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// ChangeVisitor applies change to the visitor and their open room, which is nil if
	// there is none. It fails with livechat.ErrInvalidToken, or with change's error.
	ChangeVisitor(ctx context.Context, token string,
		change func(livechat.Visitor, *livechat.Room) (livechat.Visitor, *livechat.Room, error)) error
}

var statusBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Required("status", schema.OneOf(livechat.VisitorStatuses)),
}

type visitorStatusAnswer struct {
	Token  string `json:"token"`
	Status string `json:"status"`
}

// VisitorStatus answers POST livechat/visitor.status, which sets whether the visitor is
// online, away, busy or offline.
func VisitorStatus(visitors VisitorUpdater) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token  string `json:"token"`
			Status string `json:"status"`
		}
		if err := schema.Decode(r.Body, statusBody, &body); err != nil {
			return nil, err
		}
		if !livechat.CanBeToken(body.Token) {
			return nil, livechat.ErrInvalidToken
		}
		settings := startTask(r.Context(), visitors.Settings)
		defer settings.stop()
		now := httpapi.RequestTime(r.Context())
		err := visitors.ChangeVisitor(r.Context(), body.Token,
			func(v livechat.Visitor, room *livechat.Room) (livechat.Visitor, *livechat.Room, error) {
				if v.Status == body.Status && (room == nil || room.Visitor.Status == body.Status) {
					return v, nil, nil
				}
				settings, err := settings.wait()
				if err != nil {
					return v, nil, err
				}
				was := v
				v.Status, v.UpdatedAt = body.Status, now
				v, err = v.CountEdit(was, settings, 0, now)
				if room == nil || err != nil {
					return v, nil, err
				}
				updated := room.VisitorIs(body.Status, now)
				return v, &updated, nil
			})
		if err != nil {
			return nil, err
		}
		return visitorStatusAnswer{body.Token, body.Status}, nil
	})
}
