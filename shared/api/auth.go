package api

import (
	"context"
	"net/http"
	"slices"

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
type caller struct {
	user *task[livechat.User]
	// needs lists the permissions that the request needs.
	needs []livechat.Permission
}

// callerOf starts looking up the caller, who needs the permissions. The request's reads
// use the returned context, which is cancelled if the sign-in fails. The caller must be
// released.
func callerOf(users Authenticator, r *http.Request, needs ...livechat.Permission) (context.Context, caller) {
	ctx, cancel := context.WithCancel(r.Context())
	return ctx, caller{needs: needs, user: startTask(ctx, func(ctx context.Context) (livechat.User, error) {
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

// authorized returns the user. It fails with [livechat.ErrNotSignedIn], or with
// [livechat.ErrNotAllowed] if the user lacks a permission that the request needs.
func (c caller) authorized() (livechat.User, error) {
	user, err := c.user.wait()
	if err == nil && slices.ContainsFunc(c.needs, func(p livechat.Permission) bool { return !user.May(p) }) {
		err = livechat.ErrNotAllowed
	}
	return user, err
}

// authorizedWith returns the authorized caller and the result of data, which the handler
// reads in parallel. If both fail, it returns the caller's error.
func authorizedWith[T any](c caller, data *task[T]) (user livechat.User, result T, err error) {
	if user, err = c.authorized(); err == nil {
		result, err = data.wait()
	}
	return user, result, err
}

// preferSignInError returns invalid, the error of an invalid request. If the sign-in
// failed, it returns the sign-in's error instead.
func (c caller) preferSignInError(invalid error) error {
	if _, err := c.signedIn(); err != nil {
		return err
	}
	return invalid
}

// preferAuthError returns err, the error of reads that ran in parallel with the caller's
// look-up. If the caller is not authorized, it returns that error instead.
func (c caller) preferAuthError(err error) error {
	if _, refused := c.authorized(); refused != nil {
		return refused
	}
	return err
}
