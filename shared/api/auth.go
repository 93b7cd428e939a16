package api

import (
	"context"
	"net/http"

	"livechat/shared/livechat"
)

// Authenticator finds who signs in.
type Authenticator interface {
	// SignIn returns the user, and their auth token with that hash; zero where
	// there is none.
	SignIn(ctx context.Context, userID, hash string) (livechat.User, livechat.AuthToken, error)
}

// signedIn returns the user whose id and auth token the request's headers
// have. It fails with [livechat.ErrNotSignedIn], whatever the reason.
func signedIn(ctx context.Context, users Authenticator, r *http.Request) (livechat.User, error) {
	id, token := r.Header.Get("X-User-Id"), r.Header.Get("X-Auth-Token")
	if !livechat.CanBeID(id) || !livechat.CanBeToken(token) {
		return livechat.User{}, livechat.ErrNotSignedIn
	}
	user, stored, err := users.SignIn(ctx, id, livechat.HashToken(token))
	if err != nil {
		return livechat.User{}, err
	}
	if !user.Active || !stored.Admits(token, RequestTime(ctx)) {
		return livechat.User{}, livechat.ErrNotSignedIn
	}
	return user, nil
}

// caller is the user who makes the request, looked up beside the request's own
// reads, which costs no round trip of its own.
type caller struct{ user *task[livechat.User] }

// callerOf starts to look the caller up. The context it returns, for the
// request's reads, ends when nobody is signed in: they are not needed then.
// The caller must be let go.
func callerOf(users Authenticator, r *http.Request) (context.Context, caller) {
	ctx, cancel := context.WithCancel(r.Context())
	return ctx, caller{startTask(ctx, func(ctx context.Context) (livechat.User, error) {
		user, err := signedIn(ctx, users, r)
		if err != nil {
			cancel()
		}
		return user, err
	})}
}

func (c caller) release() { c.user.stop() }

// signedIn fails unless somebody is signed in.
func (c caller) signedIn() (livechat.User, error) { return c.user.wait() }

// require fails with [livechat.ErrNotSignedIn] or [livechat.ErrNotAllowed] unless
// the caller has the permission.
func (c caller) require(p livechat.Permission) (livechat.User, error) {
	user, err := c.user.wait()
	if err == nil && !user.May(p) {
		err = livechat.ErrNotAllowed
	}
	return user, err
}

// refused is the error of a request that is not as described: that nobody is
// signed in is said first.
func (c caller) refused(invalid error) error {
	if _, err := c.signedIn(); err != nil {
		return err
	}
	return invalid
}

// authErrorFirst is the error of a request whose reads ran beside the caller's look-up: that
// nobody is signed in, or may not, is said before what the reads failed with.
func (c caller) authErrorFirst(p livechat.Permission, err error) error {
	if _, refused := c.require(p); refused != nil {
		return refused
	}
	return err
}
