package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// VisitorFinder lists the store methods that VisitorsInfo uses.
type VisitorFinder interface {
	Authenticator
	// VisitorByID returns the visitor, or fails with livechat.ErrInvalidVisitor.
	VisitorByID(ctx context.Context, id string) (livechat.Visitor, error)
}

var errVisitorNotFound = livechat.NewRefusal("visitor-not-found")

// VisitorsInfo answers GET livechat/visitors.info with a visitor. Agents do not see the
// token, which is the visitor's credential.
func VisitorsInfo(visitors VisitorFinder) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(visitors, r, livechat.ViewRoom)
		defer caller.release()

		query, invalid := readQuery(r, parameter{name: "visitorId", required: true})
		if invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		visitor, err := visitors.VisitorByID(ctx, query.Get("visitorId"))
		err = caller.preferAuthError(err)
		if errors.Is(err, livechat.ErrInvalidVisitor) {
			return nil, errVisitorNotFound
		}
		if err != nil {
			return nil, err
		}
		visitor.Token = ""
		return visitorAnswer{visitor}, nil
	})
}
