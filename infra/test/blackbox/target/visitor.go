package target

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"livechat/shared/livechat"
)

// The demo data's values.
const (
	MarysToken = "8s7e9ony6ctl27e1qf8kue"
	MarysRoom  = "kCJDd5peKiZnGJLPq"
)

// Register creates a visitor with a new token.
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

// ClosedRoom stores a room of the visitor that was closed a month ago, with an expired
// survey.
func (s *System) ClosedRoom(t testing.TB, token string) (rid string) {
	t.Helper()
	room := s.roomOfLastMonth(t, token)
	asked := livechat.Survey{
		RoomID: room.ID, ClosedAt: room.ClosedAt, ClosedOn: room.ClosedAt.Time().Format(time.DateOnly),
		ExpiresAt: room.ClosedAt.Add(14 * 24 * time.Hour),
		State:     livechat.SurveyExpired, Links: []string{livechat.LinkHash(livechat.NewCode())},
		Visitor: &livechat.SurveyVisitor{ID: room.Visitor.ID, Token: token},
	}
	if err := s.store.PutClosedRoom(t.Context(), room, asked); err != nil {
		t.Fatal(err)
	}
	return room.ID
}

// UnaskedRoom stores a closed room of the visitor that has no survey, like rooms that
// were closed before surveys existed.
func (s *System) UnaskedRoom(t testing.TB, token string) (rid string) {
	t.Helper()
	room := s.roomOfLastMonth(t, token)
	if err := s.store.PutRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	return room.ID
}

func (s *System) roomOfLastMonth(t testing.TB, token string) livechat.Room {
	t.Helper()
	visitor, _, err := s.store.VisitorByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	closedAt := visitor.RegisteredAt.Add(-30 * 24 * time.Hour)
	room, _ := livechat.Room{ID: livechat.NewID(), Type: "l", ClosedAt: closedAt}.MoveTo(visitor, livechat.AuditEntry{})
	return room
}

// Survey returns a body of room.survey.
func Survey(token, rid string) string {
	return fmt.Sprintf(`{"token":%q,"rid":%q,"data":[{"name":"satisfaction","value":"3"}]}`, token, rid)
}

// Move returns a body of room.visitor.
func Move(rid, visitor string) string {
	return fmt.Sprintf(`{"rid":%q,"visitorId":%q}`, rid, visitor)
}

// Comment returns a body of room.survey with the text.
func Comment(token, rid, text string) string {
	return fmt.Sprintf(`{"token":%q,"rid":%q,"data":[{"name":"additionalFeedback","value":%q}]}`, token, rid, text)
}

// Close returns a body of room.close.
func Close(token, rid string) string { return fmt.Sprintf(`{"rid":%q,"token":%q}`, rid, token) }
