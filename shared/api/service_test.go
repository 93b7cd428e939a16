package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
	"livechat/shared/survey"
)

// service has every handler and its own table.
type service struct {
	store                                           *store.Store
	room, survey, move, visitor, get, remove, infos http.Handler
	closing, closingByUser, report                  http.Handler
}

func newService(t testing.TB) service {
	return serviceOn(storetest.New(t))
}

func serviceOn(s *store.Store) service {
	return service{
		store: s,
		room:  api.Room(s, livechat.NewID), survey: api.RoomSurvey(s, livechat.NewID), move: api.RoomVisitor(s, livechat.NewID),
		visitor: api.Visitor(s, livechat.NewID), get: api.VisitorGet(s), remove: api.VisitorDelete(s, livechat.NewID),
		infos:   api.VisitorsInfo(s),
		closing: api.RoomClose(s, survey.AtClosing, livechat.NewID), closingByUser: api.RoomCloseByUser(s, survey.AtClosing, livechat.NewID),
		report: api.SurveyReport(s, survey.Reporter{Days: s}),
	}
}

// answered has the members of any answer that the tests check.
type answered struct {
	Status  int    `json:"-"`
	Success bool   `json:"success"`
	Error   string `json:"error"`
	NewRoom bool   `json:"newRoom"`
	Room    struct {
		ID       string               `json:"_id"`
		Fname    string               `json:"fname"`
		Visitor  livechat.RoomVisitor `json:"v"`
		ServedBy livechat.ServedBy    `json:"servedBy"`
	} `json:"room"`
	Visitor livechat.Visitor `json:"visitor"`
	Data    livechat.Answers `json:"data"`
}

func read(w *httptest.ResponseRecorder) answered {
	a := answered{Status: w.Code}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		a.Error = "not JSON: " + w.Body.String()
	}
	return a
}

func (s service) openRoom(token string) answered {
	return read(call(s.room, http.MethodGet, "?token="+url.QueryEscape(token), ""))
}

func (s service) register(token, name string) answered {
	body := fmt.Sprintf(`{"visitor":{"token":%q,"name":%q}}`, token, name)
	return read(call(s.visitor, http.MethodPost, "", body))
}

func (s service) answer(token, rid, name, value string) answered {
	body := fmt.Sprintf(`{"token":%q,"rid":%q,"data":[{"name":%q,"value":%q}]}`, token, rid, name, value)
	return read(call(s.survey, http.MethodPost, "", body))
}

// reply posts the signed-in agent's answer in the room, so that its visitor is surveyed.
func (s service) reply(t testing.TB, rid string) {
	t.Helper()
	body := fmt.Sprintf(`{"roomId":%q,"text":"Hello"}`, rid)
	if a := read(call(api.ChatPostMessage(s.store, livechat.NewID), http.MethodPost, "", body, credentials...)); a.Status != http.StatusOK {
		t.Fatalf("reply: %d %s", a.Status, a.Error)
	}
}

func (s service) give(rid, visitorID string) answered {
	body := fmt.Sprintf(`{"rid":%q,"visitorId":%q}`, rid, visitorID)
	return read(call(s.move, http.MethodPut, "", body, credentials...))
}

func (s service) deleteVisitor(token string) answered {
	return read(call(s.remove, http.MethodDelete, token, ""))
}

// addAgent adds an agent who can sign in with the token "secret".
func (s service) addAgent(t testing.TB, id, username string) {
	t.Helper()
	err := s.store.CreateUser(t.Context(),
		livechat.User{ID: id, Username: username, Roles: []string{livechat.RoleAgent}, Active: true},
		livechat.AuthToken{UserID: id, Hash: livechat.HashToken("secret")})
	if err != nil {
		t.Fatal(err)
	}
}
