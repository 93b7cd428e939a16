package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/directory"
)

type tokenCommands struct {
	Create tokenCreate `cmd:"" help:"Create another auth token for a user and print it."`
	List   tokenList   `cmd:"" help:"List a user's auth tokens; the secrets are not shown."`
	Revoke tokenRevoke `cmd:"" help:"Revoke one auth token of a user."`
}

// newToken returns a new token in two forms: one to store, one to print.
func newToken(userID, name string, now, expires livechat.Time) (livechat.AuthToken, shownToken) {
	var random [32]byte
	rand.Read(random[:])
	token := base64.RawURLEncoding.EncodeToString(random[:])
	return livechat.AuthToken{
			Hash: livechat.HashToken(token), UserID: userID, Name: name,
			CreatedAt: now, ExpiresAt: expires,
		}, shownToken{
			UserID: userID, AuthToken: token, ExpiresAt: expires,
		}
}

// shownToken is the printed form of a new token. It is printed only once.
type shownToken struct {
	UserID    string        `json:"userId"`
	AuthToken string        `json:"authToken"`
	ExpiresAt livechat.Time `json:"expiresAt,omitempty"`
}

func (t shownToken) print(out *output) error {
	if err := out.object(t); err != nil {
		return fmt.Errorf("the token was created but could not be printed: revoke it and create another: %w", err)
	}
	out.remark("The token is shown only now: keep it in a safe place.")
	return nil
}

// tokenIDLength is the length of a token's id, which is the beginning of its hash. 12
// characters are 72 bits, enough to be unique.
const tokenIDLength = 12

func tokenID(hash string) string { return hash[:min(tokenIDLength, len(hash))] }

type tokenCreate struct {
	namedUser
	Name    freeText `placeholder:"TEXT" help:"What the token is for, for example \"CRM export\"."`
	Expires *expiry  `placeholder:"WHEN" help:"When the token expires: after 90d, 36h or 30m, or on a day in UTC (2027-01-01). Default: never."`
}

func (tokenCreate) Help() string {
	return `Prints {"userId":"…","authToken":"…"}, plus "expiresAt" if the token expires. The
token is shown only once. The user's other tokens stay valid.

Examples:

    admin token create maria --name "CRM export" --expires 90d
    admin token create maria --expires 2027-01-01`
}

func (c tokenCreate) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	var expires livechat.Time
	if c.Expires != nil {
		var err error
		if expires, err = parseExpiry(string(*c.Expires), clock.now()); err != nil {
			return fmt.Errorf("--expires: %w", err)
		}
	}
	user, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	token, shown := newToken(user.ID, string(c.Name), clock.now(), expires)
	if err := s.AddToken(ctx, token); err != nil {
		return c.explain(err)
	}
	return shown.print(out)
}

// expiry is a time as an operator types it.
type expiry string

// UnmarshalText implements encoding.TextUnmarshaler, which kong calls.
func (e *expiry) UnmarshalText(typed []byte) error {
	*e = expiry(typed)
	_, err := parseTime(string(typed), time.Now())
	return err
}

// parseExpiry returns a time after now.
func parseExpiry(typed string, now livechat.Time) (livechat.Time, error) {
	at, err := parseTime(typed, now.Time())
	switch {
	case err != nil:
		return 0, err
	case livechat.At(at) <= now:
		return 0, fmt.Errorf("%q is not in the future", typed)
	case at.Year() > 9999:
		// Later years have no RFC 3339 form.
		return 0, fmt.Errorf("%q is too far in the future: leave out --expires for a token that never expires", typed)
	}
	return livechat.At(at), nil
}

// parseTime returns the time that was typed as a date, or as a duration from now.
func parseTime(typed string, now time.Time) (time.Time, error) {
	at, err := parseMoment(typed, now)
	if err != nil {
		return at, fmt.Errorf("%q is not a time: give days (90d), hours (36h) or a date (2027-01-01)", typed)
	}
	return at, nil
}

func parseMoment(typed string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutSuffix(typed, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 32)
		return now.AddDate(0, 0, int(n)), err
	}
	if d, err := time.ParseDuration(typed); err == nil {
		return now.Add(d), nil
	}
	return time.Parse(time.DateOnly, typed)
}

type tokenList struct{ namedUser }

func (tokenList) Help() string {
	return `A token's id is the first characters of its hash; pass it to "admin token revoke".
Expired tokens are removed some time after they expire.

Example:

    admin token list maria`
}

// tokenRow is one row of the list of tokens.
type tokenRow struct {
	ID        string        `json:"id"`
	Name      string        `json:"name,omitempty"`
	CreatedAt livechat.Time `json:"createdAt"`
	ExpiresAt livechat.Time `json:"expiresAt,omitempty"`
	State     string        `json:"state"`
}

func (c tokenList) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	user, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	tokens, err := s.Tokens(ctx, user.ID)
	if err != nil {
		return err
	}
	if !user.Active {
		out.remark("The user is deactivated, so even valid tokens do not work.")
	}
	now := clock.now()
	var rows []tokenRow
	for _, t := range tokens {
		rows = append(rows, tokenRow{
			ID: tokenID(t.Hash), Name: t.Name,
			CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, State: tokenState(t, now),
		})
	}
	heading := []string{"ID", "NAME", "CREATED", "EXPIRES", "STATE"}
	return list(out, rows, heading, func(r tokenRow) []string {
		expires := "never"
		if r.ExpiresAt != 0 {
			expires = r.ExpiresAt.String()
		}
		return []string{r.ID, orDash(r.Name), r.CreatedAt.String(), expires, r.State}
	})
}

func tokenState(t livechat.AuthToken, now livechat.Time) string {
	if t.ExpiresAt != 0 && t.ExpiresAt <= now {
		return "expired"
	}
	return "valid"
}

type tokenRevoke struct {
	namedUser
	HashPrefix freeText `arg:"" name:"hashprefix" help:"The token's id from \"admin token list\", or a unique prefix of it."`
}

func (tokenRevoke) Help() string {
	return `The token stops working with the next request. The user's other tokens stay valid.

Example:

    admin token revoke maria Zk3vQ0pT/x8A`
}

func (c tokenRevoke) Run(ctx context.Context, s *store.Store, out *output) error {
	user, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	err = s.RevokeToken(ctx, user.ID, string(c.HashPrefix))
	if errors.Is(err, directory.ErrNoSuchToken) {
		return fmt.Errorf("user %q has no token %q: `admin token list %s` shows the ids", c.User, c.HashPrefix, c.User)
	}
	if err != nil {
		return c.explain(err)
	}
	return out.result(
		map[string]any{"userId": user.ID, "revoked": c.HashPrefix},
		fmt.Sprintf("token %s of user %s is revoked", c.HashPrefix, user.Username))
}
