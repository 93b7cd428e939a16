package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
)

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 11, 1, 9, 30, 0, 0, time.FixedZone("CET", 3600))
	for typed, want := range map[string]string{
		"90d":        "2027-01-30T08:30:00.000Z",
		"1d":         "2026-11-02T08:30:00.000Z",
		"36h":        "2026-11-02T20:30:00.000Z",
		"1h30m":      "2026-11-01T10:00:00.000Z",
		"2027-01-01": "2027-01-01T00:00:00.000Z",
		"2026-11-02": "2026-11-02T00:00:00.000Z",
	} {
		t.Run(typed, func(t *testing.T) {
			got, err := parseExpiry(typed, livechat.At(now))
			if err != nil || got.String() != want {
				t.Errorf("%v, %v; want %s", got, err, want)
			}
		})
	}
}

func TestExpiryRefused(t *testing.T) {
	now := time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC)
	for typed, says := range map[string]string{
		"":                      "not a time",
		"d":                     "not a time",
		"90":                    "not a time",
		"1.5d":                  "not a time",
		"soon":                  "not a time",
		"99999999999999999999d": "not a time",
		"2027-02-30":            "not a time",
		"01.01.2027":            "not a time",
		"0d":                    "not in the future",
		"-3d":                   "not in the future",
		"-1h":                   "not in the future",
		"1us":                   "not in the future",
		"2026-11-01":            "not in the future",
		"2000000000d":           "too far in the future",
	} {
		t.Run(typed, func(t *testing.T) {
			got, err := parseExpiry(typed, livechat.At(now))
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%v, %v; want an error that contains %q", got, err, says)
			}
		})
	}
}

func TestTokenCreateTellsWhenItExpires(t *testing.T) {
	o := newOperator(t)
	user := o.createUser("maria", "--role", "admin")
	day := time.Now().UTC().AddDate(0, 0, 40).Format(time.DateOnly)
	until := o.createToken(user.UserID, "--expires", day)
	if got := until.ExpiresAt.String(); got != day+"T00:00:00.000Z" {
		t.Errorf("expires at %s", got)
	}
	if !o.admits(until) {
		t.Error("the token does not sign in before it expires")
	}
	if got := o.do("token", "create", user.UserID); strings.Contains(got, "expiresAt") {
		t.Errorf("a token that never expires has a time: %s", got)
	}
	o.refuse(exitUsage, []string{"--expires", `"never"`}, "token", "create", user.UserID, "--expires", "never")
}

func TestTokenListTellsValidFromExpired(t *testing.T) {
	o := newOperator(t)
	user := o.createUser("maria", "--role", "admin")
	export := o.createToken(user.UserID, "--name", "CRM export", "--expires", "90d")
	past, _ := newToken(user.UserID, "old", livechat.At(time.Now()), livechat.At(time.Now().Add(-time.Hour)))
	if err := o.store.AddToken(t.Context(), past); err != nil {
		t.Fatal(err)
	}

	var rows []tokenRow
	o.doJSON(&rows, "token", "list", user.UserID)
	states := map[string]string{}
	for _, r := range rows {
		states[r.ID] = r.Name + ": " + r.State
	}
	want := map[string]string{
		livechat.HashToken(user.AuthToken)[:12]:   ": valid",
		livechat.HashToken(export.AuthToken)[:12]: "CRM export: valid",
		past.Hash[:12]: "old: expired",
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}

	text := o.do("token", "list", user.UserID)
	for _, part := range []string{"CRM export", export.ExpiresAt.String(), "never", "expired"} {
		if !strings.Contains(text, part) {
			t.Errorf("the list does not show %q:\n%s", part, text)
		}
	}
}

func TestRevokedTokenSignsNobodyIn(t *testing.T) {
	o := newOperator(t)
	first := o.createUser("maria", "--role", "admin")
	second := o.createToken(first.UserID)
	o.do("token", "revoke", first.UserID, tokenID(livechat.HashToken(second.AuthToken)))
	if o.admits(second) {
		t.Error("the revoked token still signs in")
	}
	if !o.admits(first) {
		t.Error("the other token does not sign in any more")
	}
	o.refuse(exitFailed, []string{"no token", "admin token list " + first.UserID},
		"token", "revoke", first.UserID, tokenID(livechat.HashToken(second.AuthToken)))
}

func TestRevokeNeedsToKnowWhichToken(t *testing.T) {
	o := newOperator(t)
	user := o.createUser("maria", "--role", "admin")
	o.refuse(exitUsage, []string{"hashprefix", "empty"}, "token", "revoke", user.UserID, "")
	// Among 65 tokens, two start with the same character, because base64 has only 64
	// characters.
	first := map[byte]bool{}
	for token := user; ; token = o.createToken(user.UserID) {
		begin := livechat.HashToken(token.AuthToken)[0]
		if first[begin] {
			o.refuse(exitFailed, []string{"more than one token"}, "token", "revoke", user.UserID, string(begin))
			return
		}
		first[begin] = true
	}
}
