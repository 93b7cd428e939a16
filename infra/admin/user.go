package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/directory"
)

type userCommands struct {
	Create     userCreate     `cmd:"" help:"Create a user and print the auth token they sign in with."`
	List       userList       `cmd:"" help:"List all users, by username."`
	Deactivate userDeactivate `cmd:"" help:"End a user's access permanently."`
}

type userCreate struct {
	Username identifier   `required:"" placeholder:"NAME" help:"The name shown in rooms. It must be unique."`
	Name     freeText     `placeholder:"TEXT" help:"The user's full name, for example \"Maria Silva\"."`
	Role     []identifier `required:"" enum:"${roles}" placeholder:"ROLE" help:"The user's role: one of ${enum}. Repeat the flag for more roles."`
	ID       identifier   `name:"id" placeholder:"ID" help:"The user's id. Default: a new id."`
}

func (userCreate) Help() string {
	return `Prints {"userId":"…","authToken":"…"}: the values of the headers X-User-Id and
X-Auth-Token. The token is shown only once, and it does not expire. Use "admin token" to create
and revoke other tokens.

A user with the role livechat-agent becomes an available agent.

Example:

    admin user create --username maria --name "Maria Silva" --role livechat-agent`
}

func (c userCreate) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	user := livechat.User{
		ID:       string(c.ID),
		Username: string(c.Username),
		Name:     string(c.Name),
		Roles:    roles(c.Role),
		Active:   true, CreatedAt: clock.now(),
	}
	if user.ID == "" {
		user.ID = livechat.NewID()
	}
	token, shown := newToken(user.ID, "", clock.now(), 0)
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

// roles returns the roles without duplicates.
func roles(given []identifier) []string {
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
	return `The list includes deactivated users. A user who was just created may be missing.

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
	namedUser
}

func (userDeactivate) Help() string {
	return `Within a second or so, the user's tokens stop working, and an agent loses the agent
role. This cannot be undone. The username stays taken, so that old rooms still show who
answered.

Example:

    admin user deactivate maria`
}

func (c userDeactivate) Run(ctx context.Context, s *store.Store, out *output) error {
	user, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	if err := s.DeactivateUser(ctx, user.ID); err != nil {
		return c.explain(err)
	}
	return out.result(
		map[string]any{"userId": user.ID, "active": false},
		fmt.Sprintf("user %s is deactivated", user.Username))
}
