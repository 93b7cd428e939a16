package target

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Everything makes each function do everything it can, successfully.
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
	want200(http.MethodPut, "room.visitor", Move(room, toID), Manager...)
	want200(http.MethodPut, "room.visitor", Move(closed, toID), SignedIn...)
	want200(http.MethodPut, "room.visitor", Move(s.UnaskedRoom(t, from), toID), SignedIn...)
	want200(http.MethodPost, "visitor", `{"visitor":{"token":"`+to+`","name":"Ada","department":"Support","customFields":[]}}`)
	want200(http.MethodGet, "visitor/"+to, "")
	want200(http.MethodGet, "visitors.info?visitorId="+toID, "", SignedIn...)
	want200(http.MethodPost, "room.survey", Comment(to, closed, "Thank you"))
	want200(http.MethodPost, "room.survey", Comment(to, room, long))
	want200(http.MethodGet, "room?token="+to, "")
	want200(http.MethodPost, "room.close", Close(to, room))
	s.conflicts(t, "RoomFunction", to)
	commented := s.commentedRoom(t)
	_, other := s.Register(t)
	want200(http.MethodPut, "room.visitor", Move(commented, other), Manager...)
	want200(http.MethodPost, "room.closeByUser", `{"rid":"`+commented+`","comment":"done"}`, Manager...)
	want200(http.MethodGet, "survey.report", "", Manager...)
	s.surveys(t)
	s.conversations(t)
	s.settings(t)
	s.retention(t)
	gone, _ := s.Register(t)
	closedRoom, chatted := s.ClosedRoom(t, gone), s.OpenRoom(t, gone)
	s.Post(t, gone, chatted, "Bye")
	want200(http.MethodPost, "room.close", Close(gone, chatted))
	want200(http.MethodPost, "room.survey", Survey(gone, closedRoom))
	want200(http.MethodDelete, "visitor/"+gone, "")
}

// surveys sends surveys by mail, answers them by their links, with and without a text,
// and runs the count of days.
func (s *System) surveys(t *testing.T) {
	t.Helper()
	if s.foreign {
		return // SAM has no movable clock and no mailbox
	}
	mailed := s.MailedSurvey(t)
	s.MailSurvey(t, "throttle@example.net") // refused as if the provider were busy
	s.MailSurvey(t, "bounce+"+livechat.NewID()+"@example.net")
	s.Send(t, http.MethodGet, mailed, "").WantStatus(t, 200)
	s.Form(t, mailed, "satisfaction=4&additionalFeedback="+long).WantStatus(t, 303)
	s.Send(t, http.MethodGet, mailed, "").WantStatus(t, 200)
	s.Form(t, s.MailedSurvey(t), "satisfaction=4").WantStatus(t, 303)
	s.Form(t, mailed, "questionnaire=/en/1&satisfaction=4").WantStatus(t, 303)
	s.Form(t, mailed, "List-Unsubscribe=One-Click").WantStatus(t, 200)
	s.Send(t, http.MethodGet, "/livechat/reports", "").WantStatus(t, 200)
	// Store a day in two parts, marked to be counted again. Afterwards it has one part.
	day := s.now(t).AddDate(0, 0, -30).Format(time.DateOnly)
	for _, key := range []table.Key{{PK: "ROLLUPS", SK: day + "#0000"}, {PK: "ROLLUPS", SK: day + "#0001"}, {PK: "STALE", SK: day}} {
		item, err := table.NewItem(key, struct{}{}, table.Values{"_id": livechat.NewID()})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.table.Put(t.Context(), item, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	s.Send(t, http.MethodPost, "/_local/invoke/SurveyRollupFunction", "").WantStatus(t, 200)
}

// now returns the time on the laptop's clock, which tests move, possibly past midnight.
func (s *System) now(t testing.TB) time.Time {
	t.Helper()
	var clock struct{ Now time.Time }
	if err := json.Unmarshal([]byte(s.Send(t, http.MethodGet, "/_local/clock", "").Body), &clock); err != nil {
		t.Fatal(err)
	}
	return clock.Now.UTC()
}

// MailedSurvey closes a room in which an agent answered, and returns the link that the
// visitor is sent.
func (s *System) MailedSurvey(t testing.TB) (link string) {
	t.Helper()
	address := livechat.NewID() + "@example.net"
	s.MailSurvey(t, address)
	var box struct{ Messages []struct{ To, Text string } }
	if err := json.Unmarshal([]byte(s.Send(t, http.MethodGet, "/_local/outbox", "").Body), &box); err != nil {
		t.Fatal(err)
	}
	for _, m := range box.Messages {
		if m.To == strings.ToLower(address) {
			return regexp.MustCompile(`/s/\S+`).FindString(m.Text)
		}
	}
	t.Fatalf("no mail to %s among %d", address, len(box.Messages))
	return ""
}

// MailSurvey makes the cloud mail a survey to the address: it closes a room after an
// agent answered, and moves the clock by an hour.
func (s *System) MailSurvey(t testing.TB, address string) {
	t.Helper()
	token := livechat.NewID()
	s.Send(t, http.MethodPost, API+"visitor", `{"visitor":{"token":"`+token+`","email":"`+address+`"}}`).WantStatus(t, 200)
	rid := s.OpenRoom(t, token)
	s.Send(t, http.MethodPost, Chat, JSON(map[string]any{"roomId": rid, "text": "Hello"}), Manager...).WantStatus(t, 200)
	s.Send(t, http.MethodPost, API+"room.close", Close(token, rid)).WantStatus(t, 200)
	s.Send(t, http.MethodPost, "/_local/clock", `{"advance":"61m"}`).WantStatus(t, 200)
}

// Form posts a form like a browser, without following redirects.
func (s *System) Form(t testing.TB, path, form string) Answer {
	t.Helper()
	return s.Send(t, http.MethodPost, path, form, "Content-Type", "application/x-www-form-urlencoded")
}

// settings tests what the demo's settings turn off: rooms and visitors are counted by
// network address, although a laptop has only one, and answers replace earlier ones.
func (s *System) settings(t *testing.T) {
	t.Helper()
	if s.foreign {
		return
	}
	for setting, values := range map[string][2]string{
		livechat.RoomsPerAddress.Setting: {"10000", "0"}, livechat.VisitorsPerAddress.Setting: {"10000", "0"},
		"surveyAnswersReplace": {"true", "false"},
	} {
		set := func(value string) {
			t.Helper()
			if err := s.store.SetSetting(context.Background(), setting, "", value); err != nil {
				t.Fatal(err)
			}
		}
		set(values[0])
		defer set(values[1])
	}
	mailed := s.MailedSurvey(t)
	for end := time.Now().Add(60 * time.Second); ; {
		token, _ := s.Register(t)
		s.OpenRoom(t, token)
		closed := s.ClosedRoom(t, token)
		for _, body := range []string{Comment(token, closed, long), Survey(token, closed)} {
			s.Send(t, http.MethodPost, API+"room.survey", body).WantStatus(t, 200)
		}
		for _, text := range []string{long, ""} {
			s.Form(t, mailed, "satisfaction=4&additionalFeedback="+text).WantStatus(t, 303)
		}
		// A process keeps the old settings for some seconds.
		left := s.left(t, "RoomFunction", "VisitorFunction", "RoomSurveyFunction", "SurveyLinkFunction")
		if left == "" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("grants that were never used: %s", left)
		}
	}
}

// left returns the grants that the functions have not used.
func (s *System) left(t *testing.T, functions ...string) string {
	t.Helper()
	var record struct {
		Functions map[string]struct{ Granted, Used []string }
	}
	if err := json.Unmarshal([]byte(s.Send(t, http.MethodGet, "/_local/permissions", "").Body), &record); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, id := range functions {
		for _, grant := range record.Functions[id].Granted {
			if !slices.Contains(record.Functions[id].Used, grant) {
				left = append(left, id+" "+grant)
			}
		}
	}
	return strings.Join(left, "\n")
}

// commentedRoom returns an open room with a text answer.
func (s *System) commentedRoom(t *testing.T) (rid string) {
	t.Helper()
	token, _ := s.Register(t)
	rid = s.OpenRoom(t, token)
	s.Send(t, http.MethodPost, API+"room.survey", Comment(token, rid, long)).WantStatus(t, 200)
	return rid
}

// long is a text that is too long to be kept with its room.
var long = strings.Repeat("x", 300)

// conflicts makes each of the function's transactions conflict, so that the function
// reads again.
func (s *System) conflicts(t *testing.T, function, token string) {
	t.Helper()
	if s.foreign {
		return
	}
	s.Send(t, http.MethodPost, "/_local/faults", JSON(map[string]string{"kind": "conflict", "operation": "TransactWriteItems",
		"function": function})).WantStatus(t, 200)
	s.Send(t, http.MethodGet, API+"room?token="+token, "").WantStatus(t, 503)
	s.Send(t, http.MethodDelete, "/_local/faults", "").WantStatus(t, 204)
}
