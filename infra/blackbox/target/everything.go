package target

import (
	"net/http"
	"testing"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Everything drives each function through all it does, to success.
func (s *System) Everything(t *testing.T) {
	t.Helper()
	want200 := func(method, path, body string, header ...string) {
		t.Helper()
		s.Send(t, method, API+path, body, header...).WantStatus(t, 200)
	}
	from, _ := s.Register(t)
	to, toID := s.Register(t)
	room, closed := s.OpenRoom(t, from), s.ClosedRoom(t, from)
	want200(http.MethodPost, "room.survey", Survey(from, room))
	want200(http.MethodPost, "room.survey", Survey(from, closed))
	want200(http.MethodPut, "room.visitor", Move(room, toID), SignedIn...)
	want200(http.MethodPut, "room.visitor", Move(closed, toID), SignedIn...)
	want200(http.MethodPost, "visitor", `{"visitor":{"token":"`+to+`","name":"Ada","department":"Support","customFields":[]}}`)
	want200(http.MethodGet, "visitor/"+to, "")
	want200(http.MethodGet, "visitors.info?visitorId="+toID, "", SignedIn...)
	// With a text, and without.
	want200(http.MethodPost, "room.survey", Comment(to, closed))
	want200(http.MethodPost, "room.close", Close(to, room))
	next := s.OpenRoom(t, to)
	want200(http.MethodPost, "room.survey", Comment(to, next))
	want200(http.MethodPost, "room.close", Close(to, next))
	want200(http.MethodPost, "room.closeByUser", `{"rid":"`+s.commentedRoom(t)+`","comment":"done"}`, Manager...)
	want200(http.MethodGet, "survey.report", "", Manager...)
	gone, _ := s.Register(t)
	closedRoom := s.ClosedRoom(t, gone)
	want200(http.MethodPost, "room.survey", Survey(gone, closedRoom))
	s.message(t, closedRoom)
	want200(http.MethodDelete, "visitor/"+gone, "")
}

// commentedRoom is an open room that has a text as an answer.
func (s *System) commentedRoom(t *testing.T) (rid string) {
	t.Helper()
	token, _ := s.Register(t)
	rid = s.OpenRoom(t, token)
	s.Send(t, http.MethodPost, API+"room.survey", Comment(token, rid)).WantStatus(t, 200)
	return rid
}

// message puts a message into a room, for which there is no call yet.
func (s *System) message(t *testing.T, rid string) {
	t.Helper()
	item, err := table.NewItem(table.Key{PK: "MESSAGES#" + rid, SK: livechat.NewID()}, struct{}{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.table.Put(t.Context(), item, "", nil); err != nil {
		t.Fatal(err)
	}
}
