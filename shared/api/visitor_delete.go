package api

import (
	"context"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// VisitorDeleter lists the store methods that VisitorDelete uses.
type VisitorDeleter interface {
	// DeleteVisitor deletes and returns the visitor, with all data that belongs to them.
	// It fails with livechat.ErrInvalidToken or ErrRoomsStillOpen.
	DeleteVisitor(ctx context.Context, token string, now livechat.Time,
		audit func(livechat.Visitor) livechat.AuditEntry) (livechat.Visitor, error)
}

// deletedVisitor names a deleted visitor and the time of the deletion.
type deletedVisitor struct {
	ID string        `json:"_id"`
	Ts livechat.Time `json:"ts"`
}

// VisitorDelete answers DELETE livechat/visitor/{token}: it deletes the visitor with
// their rooms, messages and surveys. newID returns the id of the audit entry.
func VisitorDelete(deletions VisitorDeleter, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		token := r.PathValue("token")
		if !livechat.CanBeToken(token) {
			return nil, errUnknownToken
		}
		now := httpapi.RequestTime(r.Context())
		visitor, err := deletions.DeleteVisitor(r.Context(), token, now, func(v livechat.Visitor) livechat.AuditEntry {
			return livechat.AuditEntry{ID: newID(), Action: livechat.AuditVisitorDeleted, Ts: now, VisitorID: v.ID}
		})
		if err != nil {
			return nil, tokenInPath(err)
		}
		telemetry.Count(telemetry.VisitorsDeleted)
		return map[string]deletedVisitor{"visitor": {ID: visitor.ID, Ts: now}}, nil
	})
}
