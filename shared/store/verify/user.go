package verify

import (
	"context"
	"errors"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store/directory"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// checkUser examines an item of a user's partition.
func (w *tableScan) checkUser(ctx context.Context, id string, item table.Item) ([]Problem, error) {
	if hash, isToken := strings.CutPrefix(item.Key().SK, layout.PrefixToken); isToken {
		return w.checkAuthToken(ctx, id, hash, item)
	}
	user, err := layout.DecodeUser(item)
	if err != nil || user.ID != id || user.Username == "" {
		return unreadable("the user")
	}
	wanted, err := layout.UserItem(user)
	if err != nil {
		return nil, err
	}
	problems := w.checkIndexKeys(item, wanted, "user-index-keys", "user "+id)
	for _, check := range []func(context.Context, livechat.User) ([]Problem, error){w.checkUsersName, w.checkUsersAgent} {
		found, err := check(ctx, user)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	return problems, nil
}

// checkUsersName checks that the user's username is reserved for the user.
func (w *tableScan) checkUsersName(ctx context.Context, user livechat.User) ([]Problem, error) {
	key := layout.UsernameKey(user.Username)
	name, err := w.table.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	switch owner := name.Text("userId"); owner {
	case user.ID:
		return nil, nil
	case "":
		item, err := table.NewItem(key, struct{}{}, table.Values{"userId": user.ID})
		return []Problem{{
			Kind: "user-without-name", Says: "user " + user.ID + " has a username that is not reserved",
			Mend: "reserve it", repair: w.putForUser(item, user),
		}}, err
	default:
		return []Problem{{
			Kind: "username-twice", Says: "user " + user.ID + " has the username of user " + owner,
			WhyLeft: "the rightful user is unknown",
		}}, nil
	}
}

// checkUsersAgent checks that an active user with the agent role is an agent.
func (w *tableScan) checkUsersAgent(ctx context.Context, user livechat.User) ([]Problem, error) {
	agent, err := w.table.Get(ctx, layout.AgentKey(user.ID))
	if err != nil || agent != nil || !user.Active || !slices.Contains(user.Roles, livechat.RoleAgent) {
		return nil, err
	}
	item, err := layout.AgentItem(user.NewAgent())
	return []Problem{{
		Kind: "user-without-agent", Says: "user " + user.ID + " has the agent role, but rooms can't be routed to them",
		Mend: "add the agent", repair: w.putForUser(item, user),
	}}, err
}

// putForUser returns a repair that writes an item that an unchanged user lacks.
func (w *tableScan) putForUser(item table.Item, user livechat.User) func(context.Context) error {
	return func(ctx context.Context) error {
		return w.table.Transact(ctx,
			table.Write{Put: item, If: layout.IfAbsent}, layout.CheckVersion(layout.UserKey(user.ID), user.Version))
	}
}

func (w *tableScan) checkAuthToken(ctx context.Context, id, hash string, item table.Item) ([]Problem, error) {
	var token livechat.AuthToken
	if err := item.Decode(&token); err != nil || token.UserID != id || token.Hash != hash {
		return unreadable("the auth token")
	}
	_, err := w.Store.User(ctx, id)
	if !errors.Is(err, directory.ErrNoSuchUser) {
		return w.checkExpiry(item), err
	}
	return w.withoutUser("token-without-user", "an auth token", id, item.Key()), nil
}

// withoutUser returns the problem that an item's user does not exist.
func (w *tableScan) withoutUser(kind, what, id string, key table.Key) []Problem {
	return []Problem{{
		Kind: kind, Says: what + " of user " + id + ", who does not exist",
		Mend: "delete it", repair: w.deleteIf(layout.CheckAbsent(layout.UserKey(id)), key),
	}}
}

func (w *tableScan) checkUsername(ctx context.Context, name string, item table.Item) ([]Problem, error) {
	id := item.Text("userId")
	user, err := w.Store.User(ctx, id)
	switch {
	case errors.Is(err, directory.ErrNoSuchUser):
		return w.withoutUser("name-without-user", "a username", id, item.Key()), nil
	case err != nil || user.Username == name:
		return nil, err
	}
	return []Problem{{
		Kind: "name-of-another", Says: "the username is reserved for user " + id + ", who has another username",
		WhyLeft: "the right username is unknown",
	}}, nil
}

// checkAgent examines an agent, who must be an active user.
func (w *tableScan) checkAgent(ctx context.Context, id string) ([]Problem, error) {
	user, err := w.Store.User(ctx, id)
	switch {
	case errors.Is(err, directory.ErrNoSuchUser):
		return []Problem{{
			Kind: "agent-without-user", Says: "agent " + id + " is not a user",
			WhyLeft: "nobody can sign in as this agent, but rooms may be routed to them: create the user with that id, or delete the item",
		}}, nil
	case err != nil || user.Active:
		return nil, err
	}
	return []Problem{{
		Kind: "deactivated-agent", Says: "agent " + id + " is a deactivated user",
		Mend: "remove the agent", repair: w.deleteIf(layout.CheckVersion(layout.UserKey(id), user.Version), layout.AgentKey(id)),
	}}, nil
}

func (w *tableScan) checkSettings(item table.Item) ([]Problem, error) {
	var changed directory.ChangedSettings
	err := item.Decode(&changed)
	if err == nil {
		_, err = settings.New(changed.Changes)
	}
	if err == nil {
		return nil, nil
	}
	return []Problem{{
		Kind: "settings", Says: "the settings can't be read, so every call that needs them fails",
		WhyLeft: "set them again with `settings set` or `settings reset`",
	}}, nil
}
