package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store/directory"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// inUser examines an item of a user's partition.
func (w *tableScan) inUser(ctx context.Context, id, sortKey string, item table.Item) ([]Problem, error) {
	if hash, isToken := strings.CutPrefix(sortKey, layout.PrefixToken); isToken {
		return w.checkAuthToken(ctx, id, hash, item)
	}
	user, err := layout.DecodeUser(item)
	if err != nil || user.ID != id || user.Username == "" {
		return unreadable("the user"), nil //nolint:nilerr // reported as a problem
	}
	var problems []Problem
	if p, wrong := w.indexKeysProblem(item, map[string]string{layout.IDIndexPK: layout.IndexUsers}); wrong {
		p.Kind, p.Says = "user-index-keys", "user "+id+" "+p.Says
		problems = append(problems, p)
	}
	name, err := w.Store.Table().Get(ctx, layout.UsernameKey(user.Username))
	if err != nil {
		return nil, err
	}
	switch name.Text("userId") {
	case id:
	case "":
		problems = append(
			problems,
			w.missingUserItem(user, "user-without-name", "has a username that is not reserved", "reserve it", func() (table.Item, error) {
				return table.NewItem(layout.UsernameKey(user.Username), struct{}{}, table.Values{"userId": id})
			}),
		)
	default:
		problems = append(problems, Problem{
			Kind: "username-twice", Says: fmt.Sprintf("user %s has the username of user %s", id, name.Text("userId")),
			WhyLeft: "the rightful user is unknown",
		})
	}
	agent, err := w.Store.Table().Get(ctx, layout.AgentKey(id))
	if err != nil {
		return nil, err
	}
	if agent == nil && user.Active && slices.Contains(user.Roles, livechat.RoleAgent) {
		problems = append(
			problems,
			w.missingUserItem(user, "user-without-agent", "has the agent role, but rooms can't be routed to them", "add the agent",
				func() (table.Item, error) {
					return layout.AgentItem(user.NewAgent())
				}),
		)
	}
	return problems, nil
}

// missingUserItem returns the problem that a user lacks an item. The repair writes the item
// that missing returns.
func (w *tableScan) missingUserItem(u livechat.User, kind, says, mend string, missing func() (table.Item, error)) Problem {
	return Problem{
		Kind: kind, Says: "user " + u.ID + " " + says, Mend: mend,
		repair: func(ctx context.Context) error {
			item, err := missing()
			if err != nil {
				return err
			}
			at := layout.UserKey(u.ID)
			return w.Store.Table().Transact(ctx, table.Write{Put: item, If: layout.IfAbsent},
				table.Write{Check: &at, If: layout.IfUnchanged, Values: table.Values{":version": u.Version}})
		},
	}
}

func (w *tableScan) checkAuthToken(ctx context.Context, id, hash string, item table.Item) ([]Problem, error) {
	var token livechat.AuthToken
	if err := item.Decode(&token); err != nil || token.UserID != id || token.Hash != hash {
		return unreadable("the auth token"), nil //nolint:nilerr // reported as a problem
	}
	_, err := w.Store.User(ctx, id)
	if !errors.Is(err, directory.ErrNoSuchUser) {
		return w.checkExpiry(item), err
	}
	return w.withoutUser("token-without-user", "an auth token", id, item.Key()), nil
}

// withoutUser returns the problem that an item's user does not exist.
func (w *tableScan) withoutUser(kind, what, id string, key table.Key) []Problem {
	at := layout.UserKey(id)
	return singleProblem(Problem{
		Kind: kind, Says: what + " of user " + id + ", who does not exist", Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Transact(ctx, table.Write{Check: &at, If: layout.IfAbsent}, table.Write{Delete: &key})
		},
	})
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
	return singleProblem(Problem{
		Kind: "name-of-another", Says: "the username is reserved for user " + id + ", who has another username",
		WhyLeft: "the right username is unknown",
	}), nil
}

// checkAgent examines an agent, who must be an active user.
func (w *tableScan) checkAgent(ctx context.Context, id string) ([]Problem, error) {
	user, err := w.Store.User(ctx, id)
	switch {
	case errors.Is(err, directory.ErrNoSuchUser):
		return singleProblem(Problem{
			Kind: "agent-without-user", Says: "agent " + id + " is not a user",
			WhyLeft: "nobody can sign in as this agent, but rooms may be routed to them: create the user with that id, or delete the item",
		}), nil
	case err != nil || user.Active:
		return nil, err
	}
	at, key := layout.UserKey(id), layout.AgentKey(id)
	return singleProblem(Problem{
		Kind: "deactivated-agent", Says: "agent " + id + " is a deactivated user",
		Mend: "remove the agent",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Transact(ctx, table.Write{Delete: &key},
				table.Write{Check: &at, If: layout.IfUnchanged, Values: table.Values{":version": user.Version}})
		},
	}), nil
}

func (w *tableScan) checkSettings(item table.Item) ([]Problem, error) {
	var changed directory.ChangedSettings
	err := item.Decode(&changed)
	if err == nil {
		_, err = settings.New(changed.Changes)
	}
	if err != nil {
		return singleProblem(Problem{ //nolint:nilerr // reported as a problem
			Kind: "settings", Says: "the settings can't be read, so every call that needs them fails",
			WhyLeft: "set them again with `settings set` or `settings reset`",
		}), nil
	}
	return nil, nil
}
