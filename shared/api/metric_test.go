package api_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/survey"
	"livechat/shared/telemetry"
)

// TestWhatHappensIsCounted checks that a call's log lines have the metric and no data of
// the visitor.
func TestWhatHappensIsCounted(t *testing.T) {
	taken := func(livechat.Change) (livechat.Room, bool, error) { return livechat.Room{ID: "other"}, false, nil }
	broken := func(string) (livechat.Visitor, *livechat.Room, error) {
		return livechat.Visitor{}, nil, errors.New("broken")
	}
	const answers = `{"rid":"room","token":"token","data":[{"name":"satisfaction","value":"3"}]}`
	store := func() *fakeStore {
		return &fakeStore{t: t, visitorByToken: someVisitor(nil), settings: defaults, agents: agents(), openRoom: opens,
			answerSurvey: surveyOf(answeredRoom, nil), signIn: signedInAs(livechat.RoleAgent), moveRoom: moving(nil),
			registerVisitor: registering, deleteVisitor: func(string, livechat.Time) (livechat.Visitor, error) { return mary, nil },
			closeRoom: func(_ string, decide decideClose) (livechat.Closed, error) { return decide(annsRoom) }}
	}
	lost, failing := store(), store()
	lost.openRoom, failing.visitorByToken = taken, broken
	for name, tc := range map[string]struct {
		handler http.Handler
		method  string
		target  string
		body    string
		want    []telemetry.Metric
	}{
		"room opened":   {api.Room(store(), newID), http.MethodGet, "?token=token", "", []telemetry.Metric{telemetry.RoomsOpened}},
		"lost the race": {api.Room(lost, newID), http.MethodGet, "?token=token", "", []telemetry.Metric{telemetry.DuplicatesPrevented}},
		"refused":       {api.Room(store(), newID), http.MethodGet, "?token=unknown", "", nil},
		"fault":         {api.Room(failing, newID), http.MethodGet, "?token=token", "", []telemetry.Metric{telemetry.Faults}},
		"survey":        {api.RoomSurvey(store(), newID), http.MethodPost, "", answers, []telemetry.Metric{telemetry.SurveysAnswered}},
		"move":          {api.RoomVisitor(store(), newID), http.MethodPut, "", `{"rid":"room","visitorId":"visitor"}`, []telemetry.Metric{telemetry.RoomsMoved}},
		"closing":       {api.RoomClose(store(), survey.AtClosing, newID), http.MethodPost, "", `{"rid":"room","token":"token"}`, []telemetry.Metric{telemetry.RoomsClosed, telemetry.SurveysSkipped}},
		"registration":  {api.Visitor(store(), newID), http.MethodPost, "", `{"visitor":{"token":"token"}}`, []telemetry.Metric{telemetry.VisitorsRegistered}},
		"deletion":      {api.VisitorDelete(store(), newID), http.MethodDelete, "token", "", []telemetry.Metric{telemetry.VisitorsDeleted}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			telemetry.CountTo(&out, "stack")
			defer telemetry.CountTo(io.Discard, "")
			call(tc.handler, tc.method, tc.target, tc.body, credentials...)

			var counted []telemetry.Metric
			for _, m := range []telemetry.Metric{
				telemetry.RoomsOpened, telemetry.DuplicatesPrevented, telemetry.RoomsMoved, telemetry.SurveysAnswered,
				telemetry.VisitorsRegistered, telemetry.VisitorsDeleted, telemetry.Faults,
				telemetry.RoomsClosed, telemetry.SurveysScheduled, telemetry.SurveysSkipped, telemetry.SurveysSent, telemetry.SurveysFailed,
			} {
				if strings.Contains(out.String(), `"`+string(m)+`":1`) {
					counted = append(counted, m)
				}
			}
			if !slices.Equal(counted, tc.want) {
				t.Errorf("counted %v, want %v", counted, tc.want)
			}
			if strings.Contains(out.String(), "token") || strings.Contains(out.String(), "Mary") {
				t.Errorf("the line has data of the visitor: %s", out.String())
			}
		})
	}
}
