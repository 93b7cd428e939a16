package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/directory"
)

type userCommands struct {
	Create     userCreate     `cmd:"" help:"Create a user and print the auth token they sign in with."`
	List       userList       `cmd:"" help:"List all users, by username."`
	Deactivate userDeactivate `cmd:"" help:"End a user's access, for good."`
}

type userCreate struct {
	Username word   `required:"" placeholder:"NAME" help:"What the user is called in rooms; no other user may have it."`
	Name     text   `placeholder:"TEXT" help:"The user's full name, such as \"Maria Silva\"."`
	Role     []word `required:"" enum:"${roles}" placeholder:"ROLE" help:"A role of the user: one of ${enum}. Give the flag again for a further one."`
	ID       word   `name:"id" placeholder:"ID" help:"The user's id. Default: a new one."`
}

func (userCreate) Help() string {
	return `Prints {"userId":"…","authToken":"…"}: the values of the headers X-User-Id and X-Auth-Token. The token is shown this once; the table has only its hash. It does not expire; "admin token" makes and revokes others.

A user with the role livechat-agent is an agent, available from the start.

Example:

    admin user create --username maria --name "Maria Silva" --role livechat-agent`
}

func (c userCreate) Run(ctx context.Context, s *store.Store, out *output) error {
	user := livechat.User{
		ID:       string(c.ID),
		Username: string(c.Username),
		Name:     string(c.Name),
		Roles:    roles(c.Role),
		Active:   true, CreatedAt: livechat.At(time.Now()),
	}
	if user.ID == "" {
		user.ID = livechat.NewID()
	}
	token, shown := newToken(user.ID, "", 0)
	err := s.CreateUser(ctx, user, token)
	if errors.Is(err, directory.ErrUsernameTaken) {
		return c.taken()
	}
	if err != nil {
		return err
	}
	return shown.print(out)
}

func (c userCreate) taken() error {
	what := fmt.Sprintf("the username %q is", c.Username)
	if c.ID != "" {
		what = fmt.Sprintf("the username %q or the id %q is", c.Username, c.ID)
	}
	return fmt.Errorf("%s taken: choose another; `admin user list` shows all users", what)
}

// roles leaves out what was given twice.
func roles(given []word) []string {
	var roles []string
	for _, role := range given {
		if !slices.Contains(roles, string(role)) {
			roles = append(roles, string(role))
		}
	}
	return roles
}

type userList struct{}

func (userList) Help() string {
	return `Shows the deactivated users too. A user who was created a moment ago may be missing.

Examples:

    admin user list
    admin user list --json | jq -r '.[] | select(.active) | .username'`
}

func (userList) Run(ctx context.Context, s *store.Store, out *output) error {
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	heading := []string{"ID", "USERNAME", "NAME", "ROLES", "ACCESS", "CREATED"}
	return list(out, users, heading, func(u livechat.User) []string {
		access := "active"
		if !u.Active {
			access = "deactivated"
		}
		return []string{u.ID, u.Username, orDash(u.Name), strings.Join(u.Roles, ","), access, u.CreatedAt.String()}
	})
}

type userDeactivate struct {
	UserID text `arg:"" name:"userid" help:"The user's id, as \"admin user list\" shows it."`
}

func (userDeactivate) Help() string {
	return `None of the user's tokens signs in any more, from the next request on, no new one can be made, and an agent is an agent no more. There is no way back: the username stays taken, so that old rooms say who answered.

Example:

    admin user deactivate 3oSeBqk8wDpLyT2cM`
}

func (c userDeactivate) Run(ctx context.Context, s *store.Store, out *output) error {
	if err := s.DeactivateUser(ctx, string(c.UserID)); err != nil {
		return aboutUser(c.UserID, err)
	}
	return out.result(
		map[string]any{"userId": c.UserID, "active": false},
		fmt.Sprintf("user %s is deactivated", c.UserID))
}

// aboutUser says which user the store's error is about, and what to do.
func aboutUser(id text, err error) error {
	switch {
	case errors.Is(err, directory.ErrNoSuchUser):
		return fmt.Errorf("no user has the id %q: `admin user list` shows the ids", id)
	case errors.Is(err, directory.ErrUserDeactivated):
		return fmt.Errorf("user %q is deactivated, for good: `admin user create` makes a new one", id)
	}
	return err
}
