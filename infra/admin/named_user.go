package main

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/directory"
)

// namedUser is the argument that selects a user.
type namedUser struct {
	User freeText `arg:"" name:"user" help:"The user's username or id."`
}

// find returns the named user. Its error says what to do if the user does not exist.
func (n namedUser) find(ctx context.Context, s *store.Store) (livechat.User, error) {
	user, err := s.FindUser(ctx, string(n.User))
	if !errors.Is(err, directory.ErrNoSuchUser) {
		return user, err
	}
	users, err := s.Users(ctx)
	if err != nil {
		return user, err
	}
	var known []string
	for _, u := range users {
		known = append(known, u.Username)
	}
	return user, fmt.Errorf("no user has the username or id %q%s: `admin user list` shows all users", n.User, didYouMean(string(n.User), known))
}

// explain rewrites the store's error to name the user and the remedy.
func (n namedUser) explain(err error) error {
	switch {
	case errors.Is(err, livechat.ErrInvalidAgent):
		return fmt.Errorf("user %q is not an agent: `admin agent add %s` makes the user one", n.User, n.User)
	case errors.Is(err, directory.ErrUserDeactivated):
		return fmt.Errorf("user %q is permanently deactivated: `admin user create` makes a new user", n.User)
	}
	return err
}
