package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/livechat"
)

// VisitorReader is what reading a visitor's own profile needs of the store.
type VisitorReader interface {
	// VisitorByToken returns the visitor and their open room, nil for none, or
	// fails with livechat.ErrInvalidToken.
	VisitorByToken(ctx context.Context, token string) (livechat.Visitor, *livechat.Room, error)
}

// errUnknownToken is the refusal of the calls that have the token in the path.
var errUnknownToken = livechat.RefuseAs("invalid-token", "")

// VisitorGet answers GET livechat/visitor/{token}: the visitor's own profile.
func VisitorGet(profiles VisitorReader) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
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

// tokenInPath puts the refusal of a token into the words of these calls.
func tokenInPath(err error) error {
	if errors.Is(err, livechat.ErrInvalidToken) {
		return errUnknownToken
	}
	return err
}
