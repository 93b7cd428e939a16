package api

import (
	"context"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// Authenticator looks up the user who signs in.
type Authenticator interface {
	// SignIn returns the user and their auth token with the hash. If one of the two does
	// not exist, its zero value is returned.
	SignIn(ctx context.Context, userID, hash string) (livechat.User, livechat.AuthToken, error)
}

// signedIn returns the user whose id and auth token are in the request's headers. For
// every refused sign-in, it returns [livechat.ErrNotSignedIn], whatever the reason.
func signedIn(ctx context.Context, users Authenticator, r *http.Request) (livechat.User, error) {
	id, token := r.Header.Get("X-User-Id"), r.Header.Get("X-Auth-Token")
	if !livechat.CanBeID(id) || !livechat.CanBeToken(token) {
		return livechat.User{}, livechat.ErrNotSignedIn
	}
	user, stored, err := users.SignIn(ctx, id, livechat.HashToken(token))
	if err != nil {
		return livechat.User{}, err
	}
	if !user.Active || !stored.Admits(token, httpapi.RequestTime(ctx)) {
		return livechat.User{}, livechat.ErrNotSignedIn
	}
	return user, nil
}

// caller is the user who makes the request. The look-up runs in parallel with the
// request's own reads, so it adds no round trip.
type caller struct{ user *task[livechat.User] }

// callerOf starts looking up the caller. The request's reads use the returned context,
// which is cancelled if the sign-in fails. The caller must be released.
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

// signedIn returns the user, or fails if the sign-in failed.
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

// refused returns invalid, the error of an invalid request. If the sign-in failed, it
// returns the sign-in's error instead.
func (c caller) refused(invalid error) error {
	if _, err := c.signedIn(); err != nil {
		return err
	}
	return invalid
}

// preferAuthError returns err, the error of reads that ran in parallel with the caller's
// look-up. If the sign-in failed or the permission is missing, it returns the error of
// the look-up instead.
func (c caller) preferAuthError(p livechat.Permission, err error) error {
	if _, refused := c.require(p); refused != nil {
		return refused
	}
	return err
}
