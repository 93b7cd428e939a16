package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/survey"
)

func (s service) close(token, rid string) answered {
	return read(call(s.closing, http.MethodPost, "", fmt.Sprintf(`{"rid":%q,"token":%q}`, rid, token)))
}

func (s service) closeByUser(body string) answered {
	return read(call(s.closingByUser, http.MethodPost, "", body, credentials...))
}

func (s service) stored(t *testing.T, rid string) map[string]any {
	t.Helper()
	room, err := s.store.RoomByID(t.Context(), rid)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(room)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

func TestVisitorClosesTheRoom(t *testing.T) {
	s := newService(t)
	s.addAgent(t, "user", "ann")
	s.register("token", "Mary")
	rid := s.openRoom("token").Room.ID
	r := call(s.closing, http.MethodPost, "", fmt.Sprintf(`{"rid":%q,"token":"token"}`, rid))
	wantAnswer(t, r, 200, fmt.Sprintf(`{"rid":%q,"comment":"Closed by visitor","success":true}`, rid))

	room := s.stored(t, rid)
	for _, absent := range []string{"open", "waitingResponse"} {
		if value, existing := room[absent]; existing {
			t.Errorf("%s is %v, want it absent", absent, value)
		}
	}
	visitor := room["v"].(map[string]any)
	want := map[string]any{
		"cl": false, "closedAt": nowText, "closer": "visitor",
		"closedBy": map[string]any{"_id": visitor["_id"], "username": visitor["username"]}, "status": "offline",
	}
	got := map[string]any{"status": visitor["status"]}
	for name := range want {
		if name != "status" {
			got[name] = room[name]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("closed room (-want +got):\n%s", diff)
	}
	if a := s.close("token", rid); a.Status != 400 || a.Error != "room-closed" {
		t.Errorf("closed again: %d %s", a.Status, a.Error)
	}
	agents, err := s.store.AgentsWithLoad(t.Context())
	if err != nil || agents[0].OpenRooms != 0 {
		t.Errorf("the agent's load is %d (%v), want 0", agents[0].OpenRooms, err)
	}
	if a := s.openRoom("token"); !a.NewRoom || a.Room.ID == rid {
		t.Errorf("the next room is %s, new: %t", a.Room.ID, a.NewRoom)
	}
}

func TestClosedRoomHasItsDurations(t *testing.T) {
	closed := livechat.Room{
		ID: "room", OpenedAt: 1_000, ServedBy: &livechat.ServedBy{ID: "a", Ts: 61_500}, Open: true, WaitingResponse: true,
		Metrics: &livechat.Metrics{Response: &livechat.Response{Total: 2}},
	}.Close(livechat.CloseParams{Now: 121_250, Comment: "done", NewID: newID, Tags: []string{"billing"}, By: &livechat.User{ID: "u", Username: "ann"}})
	want := livechat.Metrics{ChatDuration: 120.25, ServiceTimeDuration: 59.75, Response: &livechat.Response{Total: 2}}
	if diff := cmp.Diff(want, *closed.Room.Metrics); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	room, message := closed.Room, closed.Messages[0]
	if room.Closer != "user" || room.ClosedBy.Username != "ann" || room.Tags[0] != "billing" || message.Text != "done" || message.Type != "livechat-close" {
		t.Errorf("room %+v, message %+v", room, message)
	}
}

func TestRoomCloseRefusals(t *testing.T) {
	s := newService(t)
	s.register("token", "Mary")
	s.register("other", "Bob")
	rid := s.openRoom("token").Room.ID
	params := func(text string) string { return refusal(text+" [invalid-params]", "invalid-params") }
	for name, tc := range map[string]struct{ body, want string }{
		"nothing":       {`{}`, params("must have required property 'rid'")},
		"no token":      {`{"rid":"r"}`, params("must have required property 'token'")},
		"more":          {`{"rid":"r","token":"t","comment":"x"}`, params("must NOT have additional properties")},
		"empty token":   {`{"rid":"r","token":""}`, refusal("invalid-token")},
		"unknown token": {`{"rid":"r","token":"nobody"}`, refusal("invalid-token")},
		"unknown room":  {`{"rid":"r","token":"token"}`, refusal("invalid-room")},
		"foreign room":  {fmt.Sprintf(`{"rid":%q,"token":"other"}`, rid), refusal("invalid-room")},
	} {
		t.Run(name, func(t *testing.T) {
			wantAnswer(t, call(s.closing, http.MethodPost, "", tc.body), 400, tc.want)
		})
	}
}

func TestVisitorMayNotCloseWhenTheSettingSaysSo(t *testing.T) {
	s := newService(t)
	if err := s.store.SetSetting(t.Context(), "visitorsCanCloseChat", "", "false"); err != nil {
		t.Fatal(err)
	}
	s.register("token", "Mary")
	rid := s.openRoom("token").Room.ID
	if a := s.close("token", rid); a.Status != 400 || a.Error != "error-not-allowed-to-close-conversation" {
		t.Errorf("%d %s", a.Status, a.Error)
	}
}

func TestAgentClosesTheRoom(t *testing.T) {
	s := newService(t)
	s.addAgent(t, "user", "ann")
	s.register("token", "Mary")
	rid := s.openRoom("token").Room.ID
	s.reply(t, rid)
	w := call(s.closingByUser, http.MethodPost, "", fmt.Sprintf(`{"rid":%q,"comment":"solved","tags":["billing"]}`, rid), credentials...)
	wantAnswer(t, w, 200, `{"success":true}`)
	room := s.stored(t, rid)
	if room["closer"] != "user" || room["closedBy"].(map[string]any)["username"] != "ann" || room["tags"].([]any)[0] != "billing" {
		t.Errorf("room %v", room)
	}
	asked, err := s.store.Survey(t.Context(), rid)
	if err != nil || asked == nil || asked.State != livechat.SurveyScheduled || asked.Agent.Username != "ann" {
		t.Errorf("survey %+v (%v)", asked, err)
	}
}

func TestRoomCloseByUserRefusals(t *testing.T) {
	s := newService(t)
	s.addAgent(t, "user", "ann")
	s.addAgent(t, "bob", "bob")
	s.register("token", "Mary")
	s.register("other", "Mo")
	mine := s.openRoom("token").Room.ID
	others := s.openRoom("other").Room.ID
	closed := func() string {
		s.register("third", "Moe")
		rid := s.openRoom("third").Room.ID
		s.close("third", rid)
		return rid
	}()
	params := func(text string) string { return refusal(text+" [invalid-params]", "invalid-params") }
	for name, tc := range map[string]struct {
		body   string
		header []string
		status int
		want   string
	}{
		"not signed in":            {`{}`, nil, 401, notSignedIn},
		"nothing":                  {`{}`, credentials, 400, params("must have required property 'rid'")},
		"more":                     {`{"rid":"r","token":"t"}`, credentials, 400, params("must NOT have additional properties")},
		"long comment":             {`{"rid":"r","comment":"` + strings.Repeat("x", 5001) + `"}`, credentials, 400, params("must NOT have more than 5000 characters")},
		"many tags":                {`{"rid":"r","tags":["` + strings.Repeat(`x","`, 50) + `x"]}`, credentials, 400, params("must NOT have more than 50 items")},
		"unknown room":             {`{"rid":"r","comment":"x"}`, credentials, 400, refusal("error-invalid-room")},
		"somebody else's":          {fmt.Sprintf(`{"rid":%q,"comment":"x"}`, others), credentials, 400, refusal("error-not-authorized")},
		"no comment":               {fmt.Sprintf(`{"rid":%q}`, mine), credentials, 400, refusal("error-comment-is-required")},
		"blank comment":            {fmt.Sprintf(`{"rid":%q,"comment":"  "}`, mine), credentials, 400, refusal("error-comment-is-required")},
		"closed":                   {fmt.Sprintf(`{"rid":%q,"comment":"x"}`, closed), credentials, 400, refusal("error-room-already-closed")},
		"closed before no comment": {fmt.Sprintf(`{"rid":%q}`, closed), credentials, 400, refusal("error-room-already-closed")},
	} {
		t.Run(name, func(t *testing.T) {
			wantAnswer(t, call(s.closingByUser, http.MethodPost, "", tc.body, tc.header...), tc.status, tc.want)
		})
	}
}

func TestSupervisorClosesARoomOfAnother(t *testing.T) {
	s := newService(t)
	s.addAgent(t, "bob", "bob")
	s.register("token", "Mary")
	rid := s.openRoom("token").Room.ID
	err := s.store.CreateUser(t.Context(),
		livechat.User{ID: "user", Username: "ann", Roles: []string{livechat.RoleManager}, Active: true},
		livechat.AuthToken{UserID: "user", Hash: livechat.HashToken("secret")})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.closeByUser(fmt.Sprintf(`{"rid":%q,"comment":"late"}`, rid)); a.Status != 200 {
		t.Errorf("%d %s", a.Status, a.Error)
	}
}

func TestNobodyWithoutPermissionCloses(t *testing.T) {
	fake := &fakeStore{t: t, signIn: signedInAs("guest"), settings: defaults,
		closeRoom: func(string, decideClose) (livechat.Closed, error) { return livechat.Closed{}, livechat.ErrInvalidRoom }}
	w := call(api.RoomCloseByUser(fake, survey.AtClosing, newID), http.MethodPost, "", `{"rid":"r"}`, credentials...)
	wantAnswer(t, w, 403, notAllowed)
}

// TestOfManyClosingsOneSucceeds checks that one of many parallel calls closes the room,
// and that the others, by visitor or agent, fail because it is closed.
func TestOfManyClosingsOneSucceeds(t *testing.T) {
	const rounds, callers = 25, 8
	s := newService(t)
	s.addAgent(t, "user", "ann")
	for round := range rounds {
		token := fmt.Sprint("token-", round)
		s.register(token, "Mary")
		rid := s.openRoom(token).Room.ID
		done := 0
		for i, a := range atOnce(callers, func(i int) answered {
			if i%2 == 0 {
				return s.closeByUser(fmt.Sprintf(`{"rid":%q,"comment":"x"}`, rid))
			}
			return s.close(token, rid)
		}) {
			want := []string{"error-room-already-closed", "room-closed"}[i%2]
			switch {
			case a.Status == 200:
				done++
			case a.Status != 400 || a.Error != want:
				t.Fatalf("round %d: %d %s, want %s", round, a.Status, a.Error, want)
			}
		}
		if done != 1 {
			t.Fatalf("round %d: %d closings succeeded", round, done)
		}
	}
	agents, err := s.store.AgentsWithLoad(t.Context())
	if err != nil || agents[0].OpenRooms != 0 {
		t.Errorf("the agent's load is %d after all rooms were closed (%v)", agents[0].OpenRooms, err)
	}
}

// TestAnswersAndAClosingAtOnce checks that the survey gets the answers, whether they
// come before or after the closing.
func TestAnswersAndAClosingAtOnce(t *testing.T) {
	s := newService(t)
	for round := range 25 {
		token := fmt.Sprint("token-", round)
		s.register(token, "Mary")
		rid := s.openRoom(token).Room.ID
		for _, a := range atOnce(2, func(i int) answered {
			if i == 0 {
				return s.close(token, rid)
			}
			return s.answer(token, rid, "satisfaction", "5")
		}) {
			if a.Status != 200 {
				t.Fatalf("%d %s", a.Status, a.Error)
			}
		}
		asked, err := s.store.Survey(t.Context(), rid)
		if err != nil || asked.State != livechat.SurveyAnswered || asked.Ratings["satisfaction"] != "5" {
			t.Fatalf("round %d: survey %+v (%v)", round, asked, err)
		}
	}
}

func TestClosingSchedulesByTheGatewaysTime(t *testing.T) {
	s := newService(t)
	s.addAgent(t, "user", "ann")
	s.register("token", "Mary")
	rid := s.openRoom("token").Room.ID
	s.reply(t, rid)
	s.close("token", rid)
	asked, err := s.store.Survey(t.Context(), rid)
	if want := livechat.At(now.Add(time.Hour)); err != nil || asked.DueAt != want {
		t.Errorf("due at %v (%v), want %v", asked.DueAt, err, want)
	}
}
