package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"livechat/infra/local/demo"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

// request returns the nth request to a function, with n starting at 0. The function must
// answer every request with success.
type request func(ctx context.Context, n int) (*http.Request, error)

// requests returns typical requests for each function, by the name of the function's
// folder. The requests use the demo data.
func requests(db *store.Store) map[string]request {
	all := pageRequests()
	maps.Copy(all, visitorRequests(db))
	maps.Copy(all, agentRequests(db))
	return all
}

func pageRequests() map[string]request {
	return map[string]request{
		"hello":       always(visitor, http.MethodGet, "/hello", ""),
		"docs":        always(visitor, http.MethodGet, "/docs", ""),
		"avatar":      always(visitor, http.MethodGet, "/avatar/mary", ""),
		"survey-link": always(visitor, http.MethodGet, "/s/"+demo.SurveyCode, ""),
		"reports":     always(visitor, http.MethodGet, "/livechat/reports", ""),
	}
}

// account holds the credentials of a signed-in user.
type account struct{ id, token string }

var (
	visitor = account{} // signed in by the token in the request
	agent   = account{demo.UserID, demo.AuthToken}
	manager = account{demo.ManagerID, demo.ManagerToken}
)

// always returns a function that returns the same request every time, or that alternates
// between the bodies.
func always(by account, method, target string, bodies ...string) request {
	return func(ctx context.Context, n int) (*http.Request, error) {
		return newRequest(ctx, by, method, target, bodies[n%len(bodies)])
	}
}

func newRequest(ctx context.Context, by account, method, target, body string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://bench.localhost"+target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.RemoteAddr = "127.0.0.1:1"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if by != visitor {
		r.Header.Set("X-User-Id", by.id)
		r.Header.Set("X-Auth-Token", by.token)
	}
	return r, nil
}

// object returns a JSON object of strings. members alternates names and values.
func object(members ...string) string {
	values := map[string]string{}
	for i := 0; i+1 < len(members); i += 2 {
		values[members[i]] = members[i+1]
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings can always be encoded
	}
	return string(text)
}

// inNewRoom returns a function that stores a new open room for each request and passes it
// to make. agent serves the room, unless it has no id.
func inNewRoom(db *store.Store, agent livechat.ServedBy, make func(context.Context, livechat.Room) (*http.Request, error)) request {
	return func(ctx context.Context, n int) (*http.Request, error) {
		v := newVisitor(fmt.Sprintf("room-%s-%d", agent.ID, n))
		room := livechat.Room{ID: livechat.NewID(), Type: "l", Open: true, OpenedAt: v.RegisteredAt}
		room, _ = room.MoveTo(v, livechat.AuditEntry{})
		if agent.ID != "" {
			room.ServedBy = &agent
		}
		if err := errors.Join(db.PutVisitor(ctx, v), db.PutRoom(ctx, room)); err != nil {
			return nil, fmt.Errorf("create a room: %w", err)
		}
		return make(ctx, room)
	}
}

func newVisitor(token string) livechat.Visitor {
	v := livechat.NewVisitor(livechat.NewID(), token, livechat.At(time.Now()))
	v.Username = token
	return v
}

// The demo's visitor Ada, her open room, and the message that seededStore posts there.
const (
	ada         = "demo-visitor-ada"
	adasRoom    = "aDaDemoRm4xWq9ZkT"
	adasMessage = "said-by-ada"
)

// postAsAda posts a message with the id as Ada.
func postAsAda(ctx context.Context, db *store.Store, id string) error {
	_, err := db.PostVisitorMessage(ctx, ada, adasRoom, id, func(r livechat.Room) (livechat.Change, error) {
		return livechat.Change{Room: r}.Post(r.VisitorMessage(id, "Hello", livechat.At(time.Now())), livechat.NewID), nil
	})
	if err != nil {
		return fmt.Errorf("post Ada's message: %w", err)
	}
	return nil
}
