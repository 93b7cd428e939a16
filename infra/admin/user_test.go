package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"livechat/shared/livechat"
)

func TestCreatedUserCanSignIn(t *testing.T) {
	o := newOperator(t)
	shown := o.createUser("maria", "--name", "Maria Silva", "--role", "livechat-monitor", "--role", "admin", "--role", "admin")
	if !o.admits(shown) {
		t.Error("the token does not sign the user in")
	}
	user, err := o.store.User(t.Context(), shown.UserID)
	if err != nil {
		t.Fatal(err)
	}
	want := livechat.User{
		ID: shown.UserID, Username: "maria", Name: "Maria Silva",
		Roles: []string{"livechat-monitor", "admin"}, Active: true,
	}
	if diff := cmp.Diff(want, user, cmpopts.IgnoreFields(livechat.User{}, "CreatedAt", "Version")); diff != "" {
		t.Error(diff)
	}
}

func TestCreatedUserIsAgentWhenTheRoleSaysSo(t *testing.T) {
	for role, want := range map[string]bool{
		livechat.RoleAgent: true, livechat.RoleMonitor: false, livechat.RoleManager: false, livechat.RoleAdmin: false,
	} {
		t.Run(role, func(t *testing.T) {
			o := newOperator(t)
			o.createUser("maria", "--role", role)
			agents, err := o.store.Agents(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := len(agents) == 1 && agents[0].Online(); got != want {
				t.Errorf("available agent: %v, want %v (%v)", got, want, agents)
			}
		})
	}
}

func TestUserCreateTakesTheGivenID(t *testing.T) {
	o := newOperator(t)
	if got := o.createUser("maria", "--id", "m.silva", "--role", "admin").UserID; got != "m.silva" {
		t.Errorf("the id is %q", got)
	}
	o.refuse(exitFailed, []string{`"other"`, `"m.silva"`, "taken"},
		"user", "create", "--username", "other", "--id", "m.silva", "--role", "admin")
}

func TestDuplicateUsernameIsRefused(t *testing.T) {
	o := newOperator(t)
	first := o.createUser("maria", "--role", "admin")
	o.refuse(exitFailed, []string{`username "maria"`, "taken", "choose another"},
		"user", "create", "--username", "maria", "--role", "admin")
	if !o.admits(first) {
		t.Error("the first user cannot sign in any more")
	}
}

func TestUserCreateRefusesWrongFlags(t *testing.T) {
	o := newOperator(t)
	for name, c := range map[string]struct {
		says string
		args []string
	}{
		"no username":       {"--username", []string{"--role", "admin"}},
		"no role":           {"--role", []string{"--username", "maria"}},
		"unknown role":      {`"boss"`, []string{"--username", "maria", "--role", "boss"}},
		"empty username":    {"--username", []string{"--username", "", "--role", "admin"}},
		"username of words": {"--username", []string{"--username", "maria silva", "--role", "admin"}},
		"id with a hash":    {"--id", []string{"--username", "maria", "--id", "a#b", "--role", "admin"}},
		"name of two lines": {"--name", []string{"--username", "maria", "--name", "Maria\nSilva", "--role", "admin"}},
		"name without end":  {"--name", []string{"--username", "maria", "--name", strings.Repeat("x", 201), "--role", "admin"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := typeIn(t, append([]string{"user", "create"}, c.args...)...)
			expectRefusal(t, a, exitUsage, c.says, "admin user create --help")
		})
	}
	if items := o.raw.Items(t); len(items) != 0 {
		t.Errorf("the table has %d items, want none", len(items))
	}
}

func TestTokenIsShownOnceAndOnlyItsHashStored(t *testing.T) {
	o := newOperator(t)
	user := o.createUser("maria", "--role", "livechat-agent")
	created := typeIn(t, "token", "create", user.UserID)
	if !strings.Contains(created.stderr, "shown only now") {
		t.Errorf("stderr does not say that the token is shown only now: %q", created.stderr)
	}
	var further shownToken
	if err := json.Unmarshal([]byte(created.stdout), &further); err != nil {
		t.Fatal(err)
	}
	stored := o.everythingStored()
	listed := o.do("token", "list", user.UserID) + o.do("token", "list", user.UserID, "--json") +
		o.do("user", "list") + o.do("user", "list", "--json")
	for _, token := range []string{user.AuthToken, further.AuthToken} {
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(token) {
			t.Errorf("the token %q is not 43 characters of URL-safe base64", token)
		}
		if strings.Contains(stored, token) {
			t.Error("the token is in the table")
		}
		hash := livechat.HashToken(token)
		if !strings.Contains(stored, hash) {
			t.Error("the token's hash is not in the table")
		}
		if strings.Contains(listed, token) || strings.Contains(listed, hash) {
			t.Error("a list shows the token or its whole hash")
		}
	}
	if user.AuthToken == further.AuthToken {
		t.Error("two tokens are the same")
	}
}

// everythingStored returns the table as JSON lines, with slashes unescaped.
func (o operator) everythingStored() string {
	o.Helper()
	var all strings.Builder
	e := json.NewEncoder(&all)
	e.SetEscapeHTML(false)
	for _, item := range o.raw.Items(o) {
		if err := e.Encode(item); err != nil {
			o.Fatal(err)
		}
	}
	return all.String()
}

func TestUserListShowsEveryUser(t *testing.T) {
	o := newOperator(t)
	zoe := o.createUser("zoe", "--role", "admin")
	maria := o.createUser("maria", "--name", "Maria Silva", "--role", "livechat-agent", "--role", "livechat-manager")
	o.do("user", "deactivate", zoe.UserID)

	var users []livechat.User
	o.doJSON(&users, "user", "list")
	want := []livechat.User{
		{ID: maria.UserID, Username: "maria", Name: "Maria Silva", Roles: []string{"livechat-agent", "livechat-manager"}, Active: true},
		{ID: zoe.UserID, Username: "zoe", Roles: []string{"admin"}},
	}
	if diff := cmp.Diff(want, users, cmpopts.IgnoreFields(livechat.User{}, "CreatedAt")); diff != "" {
		t.Error(diff)
	}

	lines := strings.Split(strings.TrimSpace(o.do("user", "list")), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines, want a heading and two users: %q", len(lines), lines)
	}
	for i, column := range map[int]string{0: "ACCESS", 1: "active", 2: "deactivated"} {
		if strings.Index(lines[i], column) != strings.Index(lines[0], "ACCESS") {
			t.Errorf("%q is not in its column: %q", column, lines)
		}
	}
}

func TestListsOfNothing(t *testing.T) {
	o := newOperator(t)
	for _, noun := range []string{"user", "agent", "department"} {
		if got := o.do(noun, "list", "--json"); got != "[]\n" {
			t.Errorf("%s list --json printed %q", noun, got)
		}
		if got := o.do(noun, "list"); got != "nothing yet\n" {
			t.Errorf("%s list printed %q", noun, got)
		}
	}
}

func TestDeactivatedUserIsShutOut(t *testing.T) {
	o := newOperator(t)
	user := o.createUser("maria", "--role", "livechat-agent")
	o.do("user", "deactivate", user.UserID)
	if o.admits(user) {
		t.Error("the token still signs in")
	}
	if got := o.do("agent", "list", "--json"); got != "[]\n" {
		t.Errorf("the user is still an agent: %s", got)
	}
	if a := typeIn(t, "token", "list", user.UserID); !strings.Contains(a.stderr, "deactivated") {
		t.Errorf("token list does not say that the user is deactivated: %q", a.stderr)
	}
	for _, command := range [][]string{{"token", "create"}, {"agent", "add"}} {
		o.refuse(exitFailed, []string{user.UserID, "deactivated"}, append(command, user.UserID)...)
	}
}

func TestUnknownUserIsRefusedEverywhere(t *testing.T) {
	o := newOperator(t)
	for _, command := range [][]string{
		{"user", "deactivate", "nobody"},
		{"token", "create", "nobody"},
		{"token", "list", "nobody"},
		{"token", "revoke", "nobody", "abc"},
		{"agent", "add", "nobody"},
		{"agent", "status", "nobody", "available"},
	} {
		o.refuse(exitFailed, []string{"no user", `"nobody"`, "admin user list"}, command...)
	}
	o.createUser("maria", "--role", "livechat-manager")
	o.refuse(exitFailed, []string{`"mario"`, "did you mean maria?"}, "token", "list", "mario")
	o.refuse(exitFailed, []string{"maria", "not an agent", "admin agent add maria"}, "agent", "status", "maria", "available")
}

// TestUsernameServesWhereverAnIDDoes plays a user's life by the username alone.
func TestUsernameServesWhereverAnIDDoes(t *testing.T) {
	o := newOperator(t)
	user := o.createUser("tom", "--role", "livechat-manager")
	o.do("department", "add", "--name", "Sales")
	for _, command := range [][]string{
		{"agent", "add", "tom"}, {"agent", "status", "tom", "not-available"}, {"department", "assign", "Sales", "tom"},
	} {
		o.do(command...)
	}
	if got := o.do("agent", "list"); !strings.Contains(got, "not-available") || !strings.Contains(got, "Sales") {
		t.Errorf("agent list printed\n%s", got)
	}
	token := o.createToken("tom", "--name", "second")
	if token.UserID != user.UserID {
		t.Errorf("the token belongs to %s, want %s", token.UserID, user.UserID)
	}
	o.do("token", "revoke", "tom", tokenID(livechat.HashToken(token.AuthToken)))
	if got := o.do("token", "list", "tom"); strings.Contains(got, "second") {
		t.Errorf("the token is not revoked:\n%s", got)
	}
	if got := o.do("user", "deactivate", "tom"); got != "user tom is deactivated\n" {
		t.Errorf("user deactivate printed %q", got)
	}
}
