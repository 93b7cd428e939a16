package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// VisitorReader lists the store methods that VisitorGet uses.
type VisitorReader interface {
	// VisitorByToken returns the visitor and their open room, which is nil if there is
	// none. It fails with livechat.ErrInvalidToken.
	VisitorByToken(ctx context.Context, token string) (livechat.Visitor, *livechat.Room, error)
}

// errUnknownToken is the error if no visitor has the token in the path.
var errUnknownToken = livechat.NewTypedRefusal("invalid-token", "")

// VisitorGet answers GET livechat/visitor/{token} with the visitor's own profile.
func VisitorGet(profiles VisitorReader) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		token := r.PathValue("token")
		if !livechat.CanBeToken(token) {
			return nil, errUnknownToken
		}
		visitor, _, err := profiles.VisitorByToken(r.Context(), token)
		if err != nil {
			return nil, tokenInPath(err)
		}
		return visitorAnswer{visitor}, nil
	})
}

// tokenInPath replaces livechat.ErrInvalidToken with errUnknownToken, which is the wire's
// error for a token in the path.
func tokenInPath(err error) error {
	if errors.Is(err, livechat.ErrInvalidToken) {
		return errUnknownToken
	}
	return err
}
