package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// ErrNoSuchToken means that the token does not exist. It may have been revoked or have
// expired.
var ErrNoSuchToken = errors.New("no such token")

// AddToken adds an auth token to an active user. It fails with ErrNoSuchUser or
// ErrUserDeactivated.
func (d *Directory) AddToken(ctx context.Context, token livechat.AuthToken) error {
	item, err := layout.AuthTokenItem(token)
	if err != nil {
		return err
	}
	user := layout.UserKey(token.UserID)
	err = d.table.Transact(ctx,
		table.Write{Check: &user, If: "active = :active", Values: table.Values{":active": true}},
		table.Write{Put: item},
	)
	failed, not := errors.AsType[*table.ConditionFailed](err)
	switch {
	case !not:
		return err
	case failed.Old == nil:
		return ErrNoSuchUser
	default:
		return ErrUserDeactivated
	}
}

// Tokens returns the auth tokens of a user. It fails with ErrNoSuchUser.
func (d *Directory) Tokens(ctx context.Context, userID string) ([]livechat.AuthToken, error) {
	if _, err := d.User(ctx, userID); err != nil {
		return nil, err
	}
	items, err := d.table.Query(ctx, layout.AllBelow(layout.UserPartition(userID), layout.PrefixToken))
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return table.DecodeAll[livechat.AuthToken](items)
}

// RevokeToken deletes the user's auth token whose hash has the prefix. The prefix must be
// unique.
func (d *Directory) RevokeToken(ctx context.Context, userID, hashPrefix string) error {
	tokens, err := d.Tokens(ctx, userID)
	if err != nil {
		return err
	}
	var revoked *livechat.AuthToken
	for i, t := range tokens {
		if !strings.HasPrefix(t.Hash, hashPrefix) {
			continue
		}
		if revoked != nil {
			return fmt.Errorf("more than one token starts with %q; give more characters", hashPrefix)
		}
		revoked = &tokens[i]
	}
	if revoked == nil {
		return ErrNoSuchToken
	}
	return d.table.Delete(ctx, layout.AuthTokenKey(userID, revoked.Hash), "", nil, nil)
}
