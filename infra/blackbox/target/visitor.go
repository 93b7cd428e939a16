package target

import (
	"fmt"
	"net/http"
	"testing"

	"livechat/shared/livechat"
)

// The demo data's values.
const (
	MarysToken = "8s7e9ony6ctl27e1qf8kue"
	MarysRoom  = "kCJDd5peKiZnGJLPq"
)

// Register makes a visitor with a token of their own.
func (s *System) Register(t testing.TB) (token, id string) {
	t.Helper()
	token = livechat.NewID()
	a := s.Send(t, http.MethodPost, API+"visitor", `{"visitor":{"token":"`+token+`"}}`)
	if a.Status != 200 {
		t.Fatalf("register: %d %s", a.Status, a.Body)
	}
	return token, a.Member(t, "visitor", "_id").(string)
}

// OpenRoom opens the visitor's room.
func (s *System) OpenRoom(t testing.TB, token string) (rid string) {
	t.Helper()
	a := s.Send(t, http.MethodGet, API+"room?token="+token, "")
	if a.Status != 200 {
		t.Fatalf("open: %d %s", a.Status, a.Body)
	}
	return a.Member(t, "room", "_id").(string)
}

// ClosedRoom puts a closed room of the visitor into the table.
func (s *System) ClosedRoom(t testing.TB, token string) (rid string) {
	t.Helper()
	visitor, _, err := s.store.VisitorByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	room, _ := livechat.Room{ID: livechat.NewID(), Type: "l", ClosedAt: visitor.Ts}.GiveTo(visitor, livechat.AuditEntry{})
	if err := s.store.PutRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	return room.ID
}

// Survey is a body of room.survey.
func Survey(token, rid string) string {
	return fmt.Sprintf(`{"token":%q,"rid":%q,"data":[{"name":"satisfaction","value":"3"}]}`, token, rid)
}

// Move is a body of room.visitor.
func Move(rid, visitor string) string {
	return fmt.Sprintf(`{"rid":%q,"visitorId":%q}`, rid, visitor)
}
