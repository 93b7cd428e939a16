package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

var annsRoom = livechat.Room{
	ID: "room", Type: "l", Name: "Ann", Open: true,
	Visitor: livechat.RoomVisitor{ID: "ann", Username: "guest-9", Token: "anns-token"},
}

// moving returns a MoveRoom with one room and one visitor to move it to.
func moving(entries *[]livechat.AuditEntry) func(string, string, decideMove) (livechat.Room, error) {
	return func(rid, visitorID string, decide decideMove) (livechat.Room, error) {
		if visitorID != mary.ID {
			return livechat.Room{}, livechat.ErrInvalidVisitor
		}
		if rid != annsRoom.ID {
			return livechat.Room{}, livechat.ErrInvalidRoom
		}
		room, entry, err := decide(annsRoom, mary)
		if err == nil && entries != nil {
			*entries = append(*entries, entry)
		}
		return room, err
	}
}

func TestRoomIsGivenToAnotherVisitor(t *testing.T) {
	for name, body := range map[string]string{
		"published": `{"rid":"room","visitorId":"visitor"}`,
		"shipped":   `{"rid":"room","oldVisitorId":"ann","newVisitorId":"visitor"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var entries []livechat.AuditEntry
			s := &fakeStore{t: t, signIn: signedInAs(livechat.RoleAgent), settings: defaults, moveRoom: moving(&entries)}
			w := call(api.RoomVisitor(s, newID), http.MethodPut, "", body, credentials...)
			wantAnswer(t, w, 200, `{"rid":"room","room":{"rid":"room","_id":"room","t":"l","fname":"Mary",
				"v":{"_id":"visitor","username":"guest-1","token":"token","status":"online"},
				"open":true,"cl":false,"default":false,"ro":false,"sysMes":false,"msgs":0,"usersCount":0,
				"ts":"1970-01-01T00:00:00.000Z","lm":"1970-01-01T00:00:00.000Z","_updatedAt":"`+nowText+`"},"success":true}`)
			want := []livechat.AuditEntry{{
				ID: newID(), Action: livechat.AuditRoomMoved, Ts: livechat.At(now),
				UserID: "user", RoomID: "room", From: "ann", To: "visitor",
			}}
			if diff := cmp.Diff(want, entries); diff != "" {
				t.Errorf("audit (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRoomVisitorRefusals(t *testing.T) {
	const good = `{"rid":"room","visitorId":"visitor"}`
	params := func(text string) string { return refusal(text+" [invalid-params]", "invalid-params") }
	for name, tc := range map[string]struct {
		body   string
		role   string
		header []string
		status int
		want   string
	}{
		"nobody signed in":                  {good, livechat.RoleAgent, nil, 401, notSignedIn},
		"id without token":                  {good, livechat.RoleAgent, []string{"X-User-Id", "user"}, 401, notSignedIn},
		"wrong token":                       {good, livechat.RoleAgent, []string{"X-User-Id", "user", "X-Auth-Token", "wrong"}, 401, notSignedIn},
		"wrong user":                        {good, livechat.RoleAgent, []string{"X-User-Id", "other", "X-Auth-Token", "secret"}, 401, notSignedIn},
		"long token":                        {good, livechat.RoleAgent, []string{"X-User-Id", "user", "X-Auth-Token", strings.Repeat("x", 257)}, 401, notSignedIn},
		"not signed in before a bad body":   {`{`, livechat.RoleAgent, nil, 401, notSignedIn},
		"not signed in before a large body": {strings.Repeat(" ", 65<<10), livechat.RoleAgent, nil, 401, notSignedIn},
		"bad body before permission":        {`{"rid":"room"}`, "guest", credentials, 400, params("must have required property 'visitorId'")},
		"permission before visitor":         {`{"rid":"room","visitorId":"other"}`, "guest", credentials, 403, notAllowed},
		"no permission":                     {good, "guest", credentials, 403, notAllowed},
		"visitor before room":               {`{"rid":"other","visitorId":"other"}`, livechat.RoleAgent, credentials, 400, refusal("invalid-visitor")},
		"unknown room":                      {`{"rid":"other","visitorId":"visitor"}`, livechat.RoleManager, credentials, 400, refusal("invalid-room")},
		"not the room's visitor":            {`{"rid":"room","oldVisitorId":"bob","newVisitorId":"visitor"}`, livechat.RoleAdmin, credentials, 400, refusal("invalid-room-visitor")},
		"nothing":                           {`{}`, livechat.RoleAgent, credentials, 400, params("must have required property 'rid'")},
		"old without new":                   {`{"rid":"room","oldVisitorId":"ann"}`, livechat.RoleAgent, credentials, 400, params("must have required property 'newVisitorId'")},
		"new without old":                   {`{"rid":"room","newVisitorId":"ann"}`, livechat.RoleAgent, credentials, 400, params("must have required property 'oldVisitorId'")},
		"mixture":                           {`{"rid":"room","visitorId":"visitor","newVisitorId":"visitor"}`, livechat.RoleAgent, credentials, 400, params("must have required property 'oldVisitorId'")},
		"all members":                       {`{"rid":"room","visitorId":"visitor","oldVisitorId":"ann","newVisitorId":"visitor"}`, livechat.RoleAgent, credentials, 400, params("must NOT have additional properties")},
		"published example's comma":         {`{"rid":"room","visitorId":"visitor",}`, livechat.RoleAgent, credentials, 400, refusal("Invalid JSON: invalid character '}' looking for beginning of object key string, at byte 36 [invalid-json]", "invalid-json")},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, signIn: signedInAs(tc.role), settings: defaults, moveRoom: moving(nil)}
			wantAnswer(t, call(api.RoomVisitor(s, newID), http.MethodPut, "", tc.body, tc.header...), tc.status, tc.want)
		})
	}
}

// TestWhoMayGiveARoomAway checks that the serving agent and managers may move a room,
// and that any agent may move a room that nobody serves.
func TestWhoMayGiveARoomAway(t *testing.T) {
	for name, tc := range map[string]struct {
		servedBy, role string
		status         int
	}{
		"served by nobody":             {"", livechat.RoleAgent, 200},
		"served by the caller":         {"user", livechat.RoleAgent, 200},
		"served by another":            {"other", livechat.RoleAgent, 400},
		"a manager, served by another": {"other", livechat.RoleManager, 200},
	} {
		t.Run(name, func(t *testing.T) {
			room := annsRoom
			if tc.servedBy != "" {
				room.ServedBy = &livechat.ServedBy{ID: tc.servedBy}
			}
			s := &fakeStore{t: t, signIn: signedInAs(tc.role), settings: defaults,
				moveRoom: func(_, _ string, decide decideMove) (livechat.Room, error) {
					moved, _, err := decide(room, mary)
					return moved, err
				}}
			w := call(api.RoomVisitor(s, newID), http.MethodPut, "", `{"rid":"room","visitorId":"visitor"}`, credentials...)
			if w.Code != tc.status {
				t.Errorf("status %d, want %d: %s", w.Code, tc.status, w.Body)
			}
			if tc.status == 400 {
				wantAnswer(t, w, 400, refusal("error-not-authorized"))
			}
		})
	}
}

// TestTokenIsShownWithAnAuditEntryOnly checks that the token is hidden by a move that
// changes nothing, and by the setting.
func TestTokenIsShownWithAnAuditEntryOnly(t *testing.T) {
	hidden := func() (settings.Settings, error) {
		return settings.New(settings.Changes{Values: map[string]string{"showVisitorTokens": "false"}})
	}
	own := annsRoom
	own.Visitor = livechat.RoomVisitor{ID: mary.ID, Username: mary.Username, Token: mary.Token}
	left := own // left by a deleted visitor whose token was registered again
	left.Visitor.ID = "deleted"
	for name, tc := range map[string]struct {
		room     livechat.Room
		settings func() (settings.Settings, error)
		shown    bool
	}{
		"moved":                   {annsRoom, defaults, true},
		"moved, setting is off":   {annsRoom, hidden, false},
		"the visitor has it now":  {own, defaults, false},
		"the token had it before": {left, defaults, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, signIn: signedInAs(livechat.RoleAgent), settings: tc.settings,
				moveRoom: func(_, _ string, decide decideMove) (livechat.Room, error) {
					moved, _, err := decide(tc.room, mary)
					return moved, err
				}}
			w := call(api.RoomVisitor(s, newID), http.MethodPut, "", `{"rid":"room","visitorId":"visitor"}`, credentials...)
			if shown := strings.Contains(w.Body.String(), `"token":"`+mary.Token+`"`); w.Code != 200 || shown != tc.shown {
				t.Errorf("status %d, the token is shown: %v, want %v: %s", w.Code, shown, tc.shown, w.Body)
			}
		})
	}
}

func TestWhoIsSignedIn(t *testing.T) {
	user := livechat.User{ID: "user", Active: true, Roles: []string{livechat.RoleAgent}}
	token := livechat.AuthToken{Hash: livechat.HashToken("secret"), UserID: "user"}
	for name, tc := range map[string]struct {
		change func(*livechat.User, *livechat.AuthToken)
		status int
	}{
		"active user":      {func(*livechat.User, *livechat.AuthToken) {}, 200},
		"expires later":    {func(_ *livechat.User, t *livechat.AuthToken) { t.ExpiresAt = livechat.At(now) + 1 }, 200},
		"expired just now": {func(_ *livechat.User, t *livechat.AuthToken) { t.ExpiresAt = livechat.At(now) }, 401},
		"deactivated":      {func(u *livechat.User, _ *livechat.AuthToken) { u.Active = false }, 401},
		"revoked":          {func(_ *livechat.User, t *livechat.AuthToken) { *t = livechat.AuthToken{} }, 401},
		"no such user":     {func(u *livechat.User, _ *livechat.AuthToken) { *u = livechat.User{} }, 401},
	} {
		t.Run(name, func(t *testing.T) {
			u, tk := user, token
			tc.change(&u, &tk)
			s := &fakeStore{t: t, settings: defaults, moveRoom: moving(nil), signIn: func(string, string) (livechat.User, livechat.AuthToken, error) {
				return u, tk, nil
			}}
			w := call(api.RoomVisitor(s, newID), http.MethodPut, "", `{"rid":"room","visitorId":"visitor"}`, credentials...)
			if w.Code != tc.status {
				t.Errorf("status %d, want %d: %s", w.Code, tc.status, w.Body)
			}
		})
	}
}
