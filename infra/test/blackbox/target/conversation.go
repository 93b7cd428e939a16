package target

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"livechat/infra/local/demo"
	"livechat/shared/livechat"
)

// Chat is the path of the call by which agents post messages.
const Chat = "/api/v1/chat.postMessage"

// JSON returns a value as a body.
func JSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // only the tests' own types
	}
	return string(text)
}

// Post posts a message of the visitor and returns the message's id.
func (s *System) Post(t testing.TB, token, rid, text string) (id string) {
	t.Helper()
	a := s.Send(t, http.MethodPost, API+"message", JSON(map[string]string{"token": token, "rid": rid, "msg": text}))
	a.WantStatus(t, 200)
	return a.Member(t, "message", "_id").(string)
}

// Answer posts a message of the demo's agent, or of the given sign-in.
func (s *System) Answer(t testing.TB, rid, text string, signedIn ...string) {
	t.Helper()
	if len(signedIn) == 0 {
		signedIn = SignedIn
	}
	s.Send(t, http.MethodPost, Chat, JSON(map[string]string{"roomId": rid, "text": text}), signedIn...).WantStatus(t, 200)
}

// agents are the agents of the demo data.
var agents = []string{demo.UserID, "XycfA5CetCPuEjqxw"}

// Online sets the status of the demo's agents.
func (s *System) Online(t testing.TB, status string) {
	t.Helper()
	for _, id := range agents {
		body := JSON(map[string]string{"status": status, "agentId": id})
		s.Send(t, http.MethodPost, API+"agent.status", body, Manager...).WantStatus(t, 200)
	}
}

// WaitingRoom opens a room while no agent is online. For about a second after an agent
// leaves, a room may still be given to the agent.
func (s *System) WaitingRoom(t testing.TB) (token, rid string) {
	t.Helper()
	s.Online(t, livechat.NotAvailable)
	defer s.Online(t, livechat.Available)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		token, _ = s.Register(t)
		a := s.Send(t, http.MethodGet, API+"room?token="+token, "")
		a.WantStatus(t, 200)
		if a.Member(t, "room", "servedBy") == nil {
			return token, a.Member(t, "room", "_id").(string)
		}
	}
	t.Fatal("rooms are given to agents who are not online")
	return "", ""
}

// conversations makes the functions of a conversation do everything they can.
func (s *System) conversations(t *testing.T) {
	t.Helper()
	want200 := func(method, path, body string, header ...string) {
		t.Helper()
		s.Send(t, method, API+path, body, header...).WantStatus(t, 200)
	}
	token, rid := s.WaitingRoom(t)
	id := s.Send(t, http.MethodGet, API+"visitor/"+token, "").Member(t, "visitor", "_id")
	message := func(id, body string) (string, string) { return "message/" + id, body }
	own := JSON(map[string]string{"token": token, "rid": rid})
	said := JSON(map[string]string{"token": token, "rid": rid, "msg": "I mean _this_"})

	want200(http.MethodGet, "config?token="+token, "")
	first := s.Post(t, token, rid, "Hello")
	chosen := livechat.NewID()
	twice := JSON(map[string]string{"token": token, "rid": rid, "msg": "Hello", "_id": chosen})
	want200(http.MethodPost, "message", twice)
	want200(http.MethodPost, "message", twice)
	want200(http.MethodGet, "message/"+chosen+"?token="+token+"&rid="+rid, "")
	want200(http.MethodPut, "message/"+chosen, said)
	want200(http.MethodDelete, "message/"+chosen, own)
	want200(http.MethodGet, "message/"+first+"?token="+token+"&rid="+rid, "")
	// More messages than are kept with the room.
	for i := range 8 {
		s.Post(t, token, rid, fmt.Sprintf("%d", i))
	}
	last := s.Post(t, token, rid, "See https://www.example.com")
	path, body := message(last, said)
	want200(http.MethodPut, path, body)
	want200(http.MethodGet, "message/"+first+"?token="+token+"&rid="+rid, "")
	path, body = message(last, own)
	want200(http.MethodDelete, path, body)
	path, body = message(s.Post(t, token, rid, "Oops"), own)
	want200(http.MethodDelete, path, body)
	want200(http.MethodGet, "messages.history/"+rid+"?token="+token, "")

	s.Post(t, token, rid, "Still there")
	want200(http.MethodPost, "visitor.status", JSON(map[string]string{"token": token, "status": "away"}))
	for range 8 {
		want200(http.MethodPost, "page.visited", Page(token))
	}
	for _, key := range []string{"crmId", "salesforceCrmContactId"} {
		want200(http.MethodPost, "custom.field", JSON(map[string]any{"token": token, "key": key, "value": "1", "overwrite": true}))
		s.Post(t, token, rid, "And")
		want200(http.MethodPost, "custom.fields", JSON(map[string]any{"token": token, "customFields": []any{
			map[string]any{"key": key, "value": "2", "overwrite": true},
		}}))
	}
	s.Post(t, token, rid, "One more")
	want200(http.MethodPost, "inquiries.take", JSON(map[string]string{"inquiryId": rid}), SignedIn...)
	want200(http.MethodGet, "agent.info/"+rid+"/"+token, "")
	s.Answer(t, rid, "Yes?")
	want200(http.MethodPost, "room.saveInfo", JSON(map[string]any{
		"roomData":  map[string]any{"_id": rid, "topic": "Bill", "tags": []string{"a"}},
		"guestData": map[string]any{"_id": id, "name": "Ada"},
	}), SignedIn...)
	want200(http.MethodGet, "rooms?open=true&departmentId=none", "", Manager...)
	want200(http.MethodGet, "rooms?open=false", "", Manager...)
	want200(http.MethodGet, rid+"/messages", "", SignedIn...)
	s.Answer(t, rid, "No")
	want200(http.MethodPost, "room.forward", JSON(map[string]string{"roomId": rid, "userId": agents[1], "comment": "yours"}), SignedIn...)
	want200(http.MethodPost, "room.forward", JSON(map[string]string{"roomId": rid, "departmentId": "CAJioQNAvLnYWTy8i"}), Manager...)

	// Functions that do not handle messages also meet rooms with messages.
	_, waiting := s.WaitingRoom(t)
	s.Answer(t, waiting, "I take it")
	renamed, _ := s.Register(t)
	s.OpenRoom(t, renamed)
	want200(http.MethodPost, "visitor", JSON(map[string]any{"visitor": map[string]string{"token": renamed, "name": "Ada"}}))
	from, _ := s.Register(t)
	_, toID := s.Register(t)
	want200(http.MethodPut, "room.visitor", Move(s.OpenRoom(t, from), toID), Manager...)
}

// Page returns a body that reports a page visit.
func Page(token string) string {
	return JSON(map[string]any{"token": token, "pageInfo": map[string]any{
		"change": "url", "title": "Prices", "location": map[string]string{"href": "https://www.example.com/prices"},
	}})
}

// SignIn creates a token for a user of the demo data, and returns the headers.
func (s *System) SignIn(t testing.TB, userID string) []string {
	t.Helper()
	token := livechat.NewID()
	if err := s.store.AddToken(t.Context(), livechat.AuthToken{UserID: userID, Hash: livechat.HashToken(token)}); err != nil {
		t.Fatal(err)
	}
	return []string{"X-User-Id", userID, "X-Auth-Token", token}
}
