package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// surveyOf returns an AnswerSurvey of one room. It appends the entries to history.
func surveyOf(room livechat.Room, history *[]livechat.AnswerEntry) func(string, string, decideAnswer) (livechat.Room, error) {
	return func(token, rid string, answer decideAnswer) (livechat.Room, error) {
		if token != "token" {
			return livechat.Room{}, livechat.ErrInvalidToken
		}
		if rid != room.ID {
			return livechat.Room{}, livechat.ErrInvalidRoom
		}
		next, entry, err := answer(room)
		if err == nil && history != nil {
			*history = append(*history, entry)
		}
		return next, err
	}
}

var answeredRoom = livechat.Room{ID: "room", SurveyFeedback: livechat.Answers{"agentResposiveness": "5"}}

func TestSurveyAnswersAreMerged(t *testing.T) {
	var history []livechat.AnswerEntry
	s := &fakeStore{t: t, settings: defaults, answerSurvey: surveyOf(answeredRoom, &history)}
	w := call(api.RoomSurvey(s, newID), http.MethodPost, "", `{"rid":"room","token":"token","data":[{"name":"satisfaction","value":"3"}]}`)
	wantAnswer(t, w, 200, `{"rid":"room","data":{"satisfaction":"3","agentResposiveness":"5"},"success":true}`)
	want := []livechat.AnswerEntry{{
		ID: newID(), RoomID: "room", Ts: livechat.At(now), Items: livechat.Answers{"satisfaction": "3"}, Channel: "api",
	}}
	if diff := cmp.Diff(want, history); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestSurveyAnswersReplaceWhereSet(t *testing.T) {
	replace := func() (settings.Settings, error) {
		return settings.New(settings.Changes{Values: map[string]string{"surveyAnswersReplace": "true"}})
	}
	s := &fakeStore{t: t, settings: replace, answerSurvey: surveyOf(answeredRoom, nil)}
	w := call(api.RoomSurvey(s, newID), http.MethodPost, "", `{"rid":"room","token":"token","data":[{"name":"satisfaction","value":"3"}]}`)
	wantAnswer(t, w, 200, `{"rid":"room","data":{"satisfaction":"3"},"success":true}`)
}

func TestUsableSurveyItems(t *testing.T) {
	for name, tc := range map[string]struct{ data, want string }{
		"every rating":     {`[{"name":"satisfaction","value":"1"},{"name":"agentKnowledge","value":"2"},{"name":"agentResposiveness","value":"3"},{"name":"agentFriendliness","value":"5"}]`, `{"satisfaction":"1","agentKnowledge":"2","agentResposiveness":"3","agentFriendliness":"5"}`},
		"number":           {`[{"name":"satisfaction","value":4}]`, `{"satisfaction":"4","agentResposiveness":"5"}`},
		"last of two":      {`[{"name":"satisfaction","value":"4"},{"name":"satisfaction","value":"2"}]`, `{"satisfaction":"2","agentResposiveness":"5"}`},
		"unusable ignored": {`[{"name":"satisfaction","value":"4"},{"name":"agentResponsiveness","value":"2"},{"name":"agentKnowledge","value":"6"}]`, `{"satisfaction":"4","agentResposiveness":"5"}`},
		"unusable last":    {`[{"name":"satisfaction","value":"4"},{"name":"satisfaction","value":"0"}]`, `{"satisfaction":"4","agentResposiveness":"5"}`},
		"free text":        {`[{"name":"additionalFeedback","value":"<b>fine</b> 😀"}]`, `{"additionalFeedback":"<b>fine</b> 😀","agentResposiveness":"5"}`},
		"list as a text":   {`"[{\"name\":\"satisfaction\",\"value\":\"3\"}]"`, `{"satisfaction":"3","agentResposiveness":"5"}`},
		"overwrites":       {`[{"name":"agentResposiveness","value":"1"}]`, `{"agentResposiveness":"1"}`},
		"5,000 characters": {`[{"name":"additionalFeedback","value":"` + strings.Repeat("é", 5000) + `"}]`, `{"additionalFeedback":"` + strings.Repeat("é", 5000) + `","agentResposiveness":"5"}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, settings: defaults, answerSurvey: surveyOf(answeredRoom, nil)}
			w := call(api.RoomSurvey(s, newID), http.MethodPost, "", `{"rid":"room","token":"token","data":`+tc.data+`}`)
			wantAnswer(t, w, 200, `{"rid":"room","data":`+tc.want+`,"success":true}`)
		})
	}
}

func TestSurveyRefusals(t *testing.T) {
	item := `[{"name":"satisfaction","value":"3"}]`
	long := strings.Repeat("x", 5001)
	for name, tc := range map[string]struct{ body, want string }{
		"nothing":         {`{}`, refusal("must have required property 'token' [invalid-params]", "invalid-params")},
		"no rid":          {`{"token":"token"}`, refusal("must have required property 'rid' [invalid-params]", "invalid-params")},
		"no data":         {`{"token":"token","rid":"room"}`, refusal("must have required property 'data' [invalid-params]", "invalid-params")},
		"unknown member":  {`{"token":"token","rid":"room","data":` + item + `,"x":1}`, refusal("must NOT have additional properties [invalid-params]", "invalid-params")},
		"not a list":      {`{"token":"token","rid":"room","data":"good"}`, refusal("must be array [invalid-params]", "invalid-params")},
		"empty list":      {`{"token":"token","rid":"room","data":[]}`, refusal("must NOT have fewer than 1 items [invalid-params]", "invalid-params")},
		"empty rid":       {`{"token":"token","rid":"","data":` + item + `}`, refusal("must NOT have fewer than 1 characters [invalid-params]", "invalid-params")},
		"long token":      {`{"token":"` + strings.Repeat("x", 257) + `","rid":"room","data":` + item + `}`, refusal("must NOT have more than 256 characters [invalid-params]", "invalid-params")},
		"long rid":        {`{"token":"token","rid":"` + strings.Repeat("x", 65) + `","data":` + item + `}`, refusal("must NOT have more than 64 characters [invalid-params]", "invalid-params")},
		"long feedback":   {`{"token":"token","rid":"room","data":[{"name":"additionalFeedback","value":"` + long + `"}]}`, refusal("must NOT have more than 5000 characters [invalid-params]", "invalid-params")},
		"empty token":     {`{"token":"","rid":"room","data":` + item + `}`, refusal("invalid-token")},
		"unknown token":   {`{"token":"other","rid":"other","data":` + item + `}`, refusal("invalid-token")},
		"unknown room":    {`{"token":"token","rid":"other","data":[{"name":"x","value":"y"}]}`, refusal("invalid-room")},
		"nothing usable":  {`{"token":"token","rid":"room","data":[{"name":"satisfaction","value":"6"},{"name":"` + long + `","value":"` + long + `"}]}`, refusal("invalid-data")},
		"broken JSON":     {`{"token":"token"`, refusal("Invalid JSON: unexpected end of JSON input, at byte 16 [invalid-json]", "invalid-json")},
		"no body":         {``, refusal("Invalid JSON: empty body [invalid-json]", "invalid-json")},
		"value is a list": {`{"token":"token","rid":"room","data":[{"name":"satisfaction","value":[]}]}`, refusal("must be string [invalid-params]", "invalid-params")},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, settings: defaults, answerSurvey: surveyOf(answeredRoom, nil)}
			wantAnswer(t, call(api.RoomSurvey(s, newID), http.MethodPost, "", tc.body), 400, tc.want)
		})
	}
}

func TestTooLargeBodyIs413(t *testing.T) {
	s := &fakeStore{t: t}
	body, _ := json.Marshal(map[string]string{"token": strings.Repeat("x", 64<<10)})
	wantAnswer(t, call(api.RoomSurvey(s, newID), http.MethodPost, "", string(body)), 413,
		refusal("Request entity too large [error-too-large]", "error-too-large"))
}

// TestRoomIsShownWithWholeAnswers checks a long answer, which is stored outside the
// room's item.
func TestRoomIsShownWithWholeAnswers(t *testing.T) {
	s := newService(t)
	s.register("ada", "Ada")
	room := s.openRoom("ada").Room.ID
	text := strings.Repeat("Thank you. ", 50)
	s.answer("ada", room, "additionalFeedback", text)
	var shown struct{ Room livechat.Room }
	if err := json.Unmarshal(call(s.room, http.MethodGet, "?token=ada", "").Body.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	if got := shown.Room.SurveyFeedback["additionalFeedback"]; got != text {
		t.Errorf("the answer is shown as %q", got)
	}
}
