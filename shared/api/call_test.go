package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

var now = time.Date(2026, 11, 1, 9, 30, 0, 123e6, time.UTC)

const nowText = "2026-11-01T09:30:00.123Z"

// call sends one request at the time now.
func call(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	if path, query, ok := strings.Cut(target, "?"); ok {
		r.URL.RawQuery = query
		target = path
	}
	r.SetPathValue("token", target)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(httpapi.WithTime(r.Context(), now)))
	return w
}

// wantAnswer compares the status, the headers and the body's JSON.
func wantAnswer(t *testing.T, w *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d", w.Code, status)
	}
	var got, want any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("the answer is not JSON: %v: %s", err, w.Body)
	}
	if err := json.Unmarshal([]byte(body), &want); err != nil {
		t.Fatalf("the expected answer is not JSON: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(name); got != value {
			t.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
}

// refusal returns the envelope of an error with a text and, if given, a type.
func refusal(text string, errorType ...string) string {
	envelope := map[string]any{"success": false, "error": text}
	if len(errorType) > 0 {
		envelope["errorType"] = errorType[0]
	}
	b, _ := json.Marshal(envelope)
	return string(b)
}

func newID() string { return "newIdNewIdNewIdNe" }

func defaults() (settings.Settings, error) { return settings.New(settings.Changes{}) }

var mary = livechat.Visitor{
	ID: "visitor", Username: "guest-1", Name: "Mary", Token: "token", Status: livechat.StatusOnline,
	RegisteredAt: livechat.At(now), UpdatedAt: livechat.At(now),
}

const (
	notSignedIn = `{"success":false,"status":"error","message":"You must be logged in to do this.","error":"You must be logged in to do this."}`
	notAllowed  = `{"success":false,"error":"User does not have the permissions required for this action [error-unauthorized]"}`
	internal    = `{"success":false,"error":"Internal server error"}`
)

// signedInAs returns a SignIn that accepts the token "secret" for a user with the role.
func signedInAs(role string) func(string, string) (livechat.User, livechat.AuthToken, error) {
	return func(userID, hash string) (livechat.User, livechat.AuthToken, error) {
		if userID != "user" || hash != livechat.HashToken("secret") {
			return livechat.User{}, livechat.AuthToken{}, nil
		}
		return livechat.User{ID: "user", Username: "agent", Active: true, Roles: []string{role}},
			livechat.AuthToken{Hash: hash, UserID: "user"}, nil
	}
}

var credentials = []string{"X-User-Id", "user", "X-Auth-Token", "secret"}
