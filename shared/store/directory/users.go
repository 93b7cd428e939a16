package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// SignIn returns the user and the auth token with the hash, usually in one round trip. If
// the user or the token does not exist, SignIn returns a zero value for it. The caller
// must check both.
//
// SignIn uses eventually consistent reads, at half the price, because every call of an
// agent signs in. So it may still return a token that was just revoked, or a user who was
// just deactivated. It does find a new token, because it repeats the read of a missing
// token with strong consistency.
func (d *Directory) SignIn(ctx context.Context, userID, hash string) (livechat.User, livechat.AuthToken, error) {
	userKey, tokenKey := layout.UserKey(userID), layout.AuthTokenKey(userID, hash)
	var user livechat.User
	var token livechat.AuthToken
	items, err := d.table.BatchGetEventually(ctx, userKey, tokenKey)
	if err == nil && items[tokenKey] == nil {
		items, err = d.table.BatchGet(ctx, tokenKey)
		if err == nil && items[tokenKey] != nil {
			items, err = d.table.BatchGet(ctx, userKey, tokenKey)
		}
	}
	if err != nil {
		return user, token, fmt.Errorf("sign in: %w", err)
	}
	err = errors.Join(items[userKey].Decode(&user), items[tokenKey].Decode(&token))
	return user, token, err
}

// Errors of the methods that change users.
var (
	ErrNoSuchUser      = errors.New("no such user")
	ErrUserDeactivated = errors.New("the user is deactivated")
	ErrUsernameTaken   = errors.New("the username or id is taken")
)

// CreateUser adds a user and the user's first token. A user with the role livechat-agent
// also becomes an agent.
func (d *Directory) CreateUser(ctx context.Context, u livechat.User, token livechat.AuthToken) error {
	user, err := layout.UserItem(u)
	if err != nil {
		return err
	}
	auth, err := layout.AuthTokenItem(token)
	if err != nil {
		return err
	}
	name, err := table.NewItem(layout.UsernameKey(u.Username), struct{}{}, table.Values{"userId": u.ID})
	if err != nil {
		return err
	}
	writes := []table.Write{{Put: name, If: layout.IfAbsent}, {Put: user, If: layout.IfAbsent}, {Put: auth}}
	if slices.Contains(u.Roles, livechat.RoleAgent) {
		agent, err := layout.AgentItem(u.NewAgent())
		if err != nil {
			return err
		}
		writes = append(writes, table.Write{Put: agent})
	}
	err = d.table.Transact(ctx, writes...)
	if _, taken := errors.AsType[*table.ConditionFailed](err); taken {
		return ErrUsernameTaken
	}
	return err
}

// AddAgent makes a user an agent, who is available. If the user is already an agent, it
// changes nothing.
func (d *Directory) AddAgent(ctx context.Context, userID string) error {
	return d.changeUser(ctx, userID, func(u *livechat.User) (table.Write, error) {
		if !u.Active {
			return table.Write{}, ErrUserDeactivated
		}
		if slices.Contains(u.Roles, livechat.RoleAgent) {
			agent := layout.AgentKey(userID)
			return table.Write{Check: &agent, If: layout.IfPresent}, nil
		}
		u.Roles = append(u.Roles, livechat.RoleAgent)
		agent, err := layout.AgentItem(u.NewAgent())
		return table.Write{Put: agent}, err
	})
}

// DeactivateUser ends a user's access and removes the user from the agents.
func (d *Directory) DeactivateUser(ctx context.Context, userID string) error {
	return d.changeUser(ctx, userID, func(u *livechat.User) (table.Write, error) {
		u.Active = false
		agent := layout.AgentKey(userID)
		return table.Write{Delete: &agent}, nil
	})
}

// changeUser applies change to the user. It writes the user in one transaction with the
// write that change returns.
func (d *Directory) changeUser(ctx context.Context, userID string, change func(*livechat.User) (table.Write, error)) error {
	return table.RetryConflicts(ctx, func() error {
		user, err := d.User(ctx, userID)
		if err != nil {
			return err
		}
		additional, err := change(&user)
		if err != nil {
			return err
		}
		item, err := layout.UserItem(user)
		if err != nil {
			return err
		}
		return table.AsConflict(d.table.Transact(ctx, additional, table.Write{
			Put: item, If: layout.IfUnchanged, Values: table.Values{":version": user.Version},
		}))
	})
}

// User returns the user with the id. It fails with ErrNoSuchUser.
func (d *Directory) User(ctx context.Context, id string) (livechat.User, error) {
	item, err := d.table.Get(ctx, layout.UserKey(id))
	if err != nil {
		return livechat.User{}, fmt.Errorf("user: %w", err)
	}
	if item == nil {
		return livechat.User{}, ErrNoSuchUser
	}
	return layout.DecodeUser(item)
}

// FindUser returns the user with the username or id. It fails with ErrNoSuchUser.
func (d *Directory) FindUser(ctx context.Context, named string) (livechat.User, error) {
	item, err := d.table.Get(ctx, layout.UsernameKey(named))
	if err != nil {
		return livechat.User{}, fmt.Errorf("username: %w", err)
	}
	if item != nil {
		named = item.Text("userId")
	}
	return d.User(ctx, named)
}

// Users returns all users, sorted by username. A new user may be missing for a moment,
// because the index lags.
func (d *Directory) Users(ctx context.Context) ([]livechat.User, error) {
	keys, err := d.table.QueryIndex(ctx, layout.IDIndex, layout.IDIndexPK, layout.IndexUsers)
	if err != nil {
		return nil, fmt.Errorf("users: %w", err)
	}
	var users []livechat.User
	for batch := range slices.Chunk(keys, table.MaxKeys) {
		items, err := d.table.BatchGet(ctx, batch...)
		if err != nil {
			return nil, fmt.Errorf("users: %w", err)
		}
		for _, item := range items {
			user, err := layout.DecodeUser(item)
			if err != nil {
				return nil, err
			}
			users = append(users, user)
		}
	}
	slices.SortFunc(users, func(a, b livechat.User) int { return strings.Compare(a.Username, b.Username) })
	return users, nil
}
