package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	return map[string]request{
		"hello": always(http.MethodGet, "/hello", ""),

		"room": always(http.MethodGet, "/api/v1/livechat/room?token=8s7e9ony6ctl27e1qf8kue&rid=kCJDd5peKiZnGJLPq", ""),
		"room-survey": always(http.MethodPost, "/api/v1/livechat/room.survey",
			`{"rid":"XFzMqgn33DcsQkpJp","token":"iNKE8a6k6cjbqWhWd","data":[{"name":"satisfaction","value":"3"}]}`),
		// Alternate between two visitors, so that every request moves the room.
		"room-visitor": func(ctx context.Context, n int) (*http.Request, error) {
			visitor := []string{"qpdxquZygF4j9aFTR", "gY7bXtFwP3nLsKe5A"}[n%2]
			return byAgent(newRequest(ctx, http.MethodPut, "/api/v1/livechat/room.visitor",
				`{"rid":"2xC3rGZRiJztFYP5t","visitorId":"`+visitor+`"}`))
		},
		"room-close": func(ctx context.Context, n int) (*http.Request, error) {
			room, err := openRoom(ctx, db, n, livechat.ServedBy{ID: "nobody"})
			if err != nil {
				return nil, err
			}
			return newRequest(ctx, http.MethodPost, "/api/v1/livechat/room.close",
				fmt.Sprintf(`{"rid":%q,"token":%q}`, room.ID, room.Visitor.Token))
		},
		"room-close-by-user": func(ctx context.Context, n int) (*http.Request, error) {
			room, err := openRoom(ctx, db, n, livechat.ServedBy{ID: demo.UserID})
			if err != nil {
				return nil, err
			}
			return byAgent(newRequest(ctx, http.MethodPost, "/api/v1/livechat/room.closeByUser",
				fmt.Sprintf(`{"rid":%q,"comment":"done"}`, room.ID)))
		},
		"survey-link": always(http.MethodGet, "/s/"+demo.SurveyCode, ""),
		"reports":     always(http.MethodGet, "/livechat/reports", ""),
		"survey-report": func(ctx context.Context, _ int) (*http.Request, error) {
			return byManager(newRequest(ctx, http.MethodGet, "/api/v1/livechat/survey.report?from=2021-07-01&to=2021-07-31", ""))
		},
		"visitor": func(ctx context.Context, n int) (*http.Request, error) {
			return newRequest(ctx, http.MethodPost, "/api/v1/livechat/visitor",
				fmt.Sprintf(`{"visitor":{"token":"registered-%d","name":"Mary","email":"mary@example.com"}}`, n))
		},
		"visitor-get": always(http.MethodGet, "/api/v1/livechat/visitor/8s7e9ony6ctl27e1qf8kue", ""),
		"visitor-delete": func(ctx context.Context, n int) (*http.Request, error) {
			token := fmt.Sprintf("deleted-%d", n)
			visitor := livechat.NewVisitor(livechat.NewID(), token, livechat.At(time.Now()))
			visitor.Username = token
			if err := db.PutVisitor(ctx, visitor); err != nil {
				return nil, fmt.Errorf("create a visitor to delete: %w", err)
			}
			return newRequest(ctx, http.MethodDelete, "/api/v1/livechat/visitor/"+token, "")
		},
		"config":           always(http.MethodGet, "/api/v1/livechat/config?token="+ada, ""),
		"message":          always(http.MethodPost, "/api/v1/livechat/message", body("token", ada, "rid", adasRoom, "msg", "Hello")),
		"message-get":      always(http.MethodGet, "/api/v1/livechat/message/"+adasMessage+"?token="+ada+"&rid="+adasRoom, ""),
		"message-update":   always(http.MethodPut, "/api/v1/livechat/message/"+adasMessage, body("token", ada, "rid", adasRoom, "msg", "Hello")),
		"messages-history": always(http.MethodGet, "/api/v1/livechat/messages.history/"+adasRoom+"?token="+ada, ""),
		"agent-info":       always(http.MethodGet, "/api/v1/livechat/agent.info/"+adasRoom+"/"+ada, ""),
		"visitor-status":   always(http.MethodPost, "/api/v1/livechat/visitor.status", body("token", ada, "status", "online")),
		"page-visited": always(http.MethodPost, "/api/v1/livechat/page.visited",
			`{"token":"`+ada+`","pageInfo":{"change":"url","title":"Prices","location":{"href":"https://www.example.com/prices"}}}`),
		"custom-field": always(http.MethodPost, "/api/v1/livechat/custom.field",
			`{"token":"`+ada+`","key":"crmId","value":"1","overwrite":true}`),
		"docs":   always(http.MethodGet, "/docs", ""),
		"avatar": always(http.MethodGet, "/avatar/mary", ""),
		"message-delete": func(ctx context.Context, n int) (*http.Request, error) {
			id := fmt.Sprintf("deleted-%d", n)
			if err := say(ctx, db, id); err != nil {
				return nil, err
			}
			return newRequest(ctx, http.MethodDelete, "/api/v1/livechat/message/"+id, body("token", ada, "rid", adasRoom))
		},
		"inquiries-take": func(ctx context.Context, n int) (*http.Request, error) {
			room, err := openRoom(ctx, db, n, livechat.ServedBy{})
			if err != nil {
				return nil, err
			}
			return byAgent(newRequest(ctx, http.MethodPost, "/api/v1/livechat/inquiries.take", body("inquiryId", room.ID)))
		},
		"room-forward": func(ctx context.Context, n int) (*http.Request, error) {
			agent := []string{"XycfA5CetCPuEjqxw", demo.UserID}[n%2]
			return byManager(newRequest(ctx, http.MethodPost, "/api/v1/livechat/room.forward", body("roomId", "beNDemoRm4xWq9ZkT", "userId", agent)))
		},
		"chat-post-message": signed(byAgent, http.MethodPost, "/api/v1/chat.postMessage", body("roomId", adasRoom, "text", "Hello")),
		"agent-status":      signed(byAgent, http.MethodPost, "/api/v1/livechat/agent.status", body("status", livechat.Available)),
		"rooms":             signed(byManager, http.MethodGet, "/api/v1/livechat/rooms?open=false", ""),
		"room-messages":     signed(byAgent, http.MethodGet, "/api/v1/livechat/"+adasRoom+"/messages", ""),
		"room-save-info": signed(byAgent, http.MethodPost, "/api/v1/livechat/room.saveInfo",
			`{"roomData":{"_id":"`+adasRoom+`","topic":"Bill"}}`),
		"visitors-info": func(ctx context.Context, _ int) (*http.Request, error) {
			return byAgent(newRequest(ctx, http.MethodGet, "/api/v1/livechat/visitors.info?visitorId=47Dajwh9DjpnTAugW", ""))
		},
	}
}

// The demo's visitor Ada, her open room, and the message that seededStore posts there.
const (
	ada         = "demo-visitor-ada"
	adasRoom    = "aDaDemoRm4xWq9ZkT"
	adasMessage = "said-by-ada"
)

// say posts a message with the id as Ada.
func say(ctx context.Context, db *store.Store, id string) error {
	_, err := db.PostVisitorMessage(ctx, ada, adasRoom, id, func(r livechat.Room) (livechat.Change, error) {
		return livechat.Change{Room: r}.Post(r.VisitorMessage(id, "Hello", livechat.At(time.Now())), livechat.NewID), nil
	})
	if err != nil {
		return fmt.Errorf("post Ada's message: %w", err)
	}
	return nil
}

// body returns a JSON object of strings. members alternates names and values.
func body(members ...string) string {
	object := map[string]string{}
	for i := 0; i+1 < len(members); i += 2 {
		object[members[i]] = members[i+1]
	}
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // strings can always be encoded
	}
	return string(text)
}

// signed returns a function that always returns the same request, signed in by by.
func signed(by func(*http.Request, error) (*http.Request, error), method, target, body string) request {
	return func(ctx context.Context, _ int) (*http.Request, error) {
		return by(newRequest(ctx, method, target, body))
	}
}

// openRoom stores a visitor with an open room, which the agent serves. If the agent has
// no id, no agent serves the room.
func openRoom(ctx context.Context, db *store.Store, n int, agent livechat.ServedBy) (livechat.Room, error) {
	token := fmt.Sprintf("closes-%s-%d", agent.ID, n)
	visitor := livechat.NewVisitor(livechat.NewID(), token, livechat.At(time.Now()))
	visitor.Username = token
	room := livechat.Room{ID: livechat.NewID(), Type: "l", Open: true, OpenedAt: visitor.RegisteredAt}
	room, _ = room.MoveTo(visitor, livechat.AuditEntry{})
	if agent.ID != "" {
		room.ServedBy = &agent
	}
	if err := errors.Join(db.PutVisitor(ctx, visitor), db.PutRoom(ctx, room)); err != nil {
		return livechat.Room{}, fmt.Errorf("create a room to close: %w", err)
	}
	return room, nil
}

// always returns a function that always returns the same request.
func always(method, target, body string) request {
	return func(ctx context.Context, _ int) (*http.Request, error) { return newRequest(ctx, method, target, body) }
}

func newRequest(ctx context.Context, method, target, body string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://bench.localhost"+target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.RemoteAddr = "127.0.0.1:1"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

func byAgent(r *http.Request, err error) (*http.Request, error) {
	return signedIn(r, err, demo.UserID, demo.AuthToken)
}

func byManager(r *http.Request, err error) (*http.Request, error) {
	return signedIn(r, err, demo.ManagerID, demo.ManagerToken)
}

func signedIn(r *http.Request, err error, user, token string) (*http.Request, error) {
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-User-Id", user)
	r.Header.Set("X-Auth-Token", token)
	return r, nil
}
