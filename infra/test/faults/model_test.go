package faults

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
)

// TestModelSees checks that the model notices losses and duplicates. Otherwise the other
// tests could not fail.
func TestModelSees(t *testing.T) {
	message := func(id, text string) livechat.Message { return livechat.Message{ID: id, Text: text} }
	for name, tt := range map[string]struct {
		posted []*postedMessage
		there  []livechat.Message
		want   []kind
	}{
		"acknowledged":       {[]*postedMessage{{id: "1", texts: []string{"a"}, acknowledged: true}}, []livechat.Message{message("1", "a")}, nil},
		"lost":               {[]*postedMessage{{id: "1", texts: []string{"a"}, acknowledged: true}}, nil, []kind{lost}},
		"unknown and lost":   {[]*postedMessage{{texts: []string{"a"}}}, nil, nil},
		"unknown and stored": {[]*postedMessage{{texts: []string{"a"}}}, []livechat.Message{message("1", "a")}, nil},
		"stored twice":       {[]*postedMessage{{texts: []string{"a"}, acknowledged: true}}, []livechat.Message{message("1", "a"), message("2", "a")}, []kind{duplicated}},
		"posted by nobody":   {nil, []livechat.Message{message("1", "a")}, []kind{wrong}},
		"another id":         {[]*postedMessage{{id: "1", texts: []string{"a"}, acknowledged: true}}, []livechat.Message{message("2", "a")}, []kind{wrong}},
		"unknown edit":       {[]*postedMessage{{id: "1", texts: []string{"a", "b"}, acknowledged: true}}, []livechat.Message{message("1", "a")}, nil},
		"lost edit":          {[]*postedMessage{{id: "1", texts: []string{"b"}, acknowledged: true}}, []livechat.Message{message("1", "a")}, []kind{wrong, lost}},
		"system message":     {nil, []livechat.Message{{ID: "1", Type: livechat.MessageClosed}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := &visit{tally: new(tally), began: time.Now()}
			v.compareMessages(&room{id: "room", posted: tt.posted}, tt.there, true)
			wantViolations(t, v, tt.want...)
		})
	}
}

func wantViolations(t *testing.T, v *visit, want ...kind) {
	t.Helper()
	var got []kind
	for _, violation := range v.tally.violations {
		got = append(got, violation.Kind)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("violations (-want +got):\n%s", d)
	}
}

func TestModelSeesARoomThatIsOpenedAgain(t *testing.T) {
	answer := func(id string, isNew bool) opened { return opened{Room: livechat.Room{ID: id}, NewRoom: isNew} }
	for name, tt := range map[string]struct {
		mayBeOpen bool // after each opening
		openings  []opened
		want      []kind
	}{
		"resumed":                           {false, []opened{answer("1", true), answer("1", false)}, nil},
		"new twice":                         {false, []opened{answer("1", true), answer("1", true)}, []kind{duplicated}},
		"two rooms":                         {false, []opened{answer("1", true), answer("2", true)}, []kind{lost}},
		"not new, but never opened":         {false, []opened{answer("1", false)}, []kind{wrong}},
		"not new, after an unknown outcome": {true, []opened{answer("1", false)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := &visit{tally: new(tally), began: time.Now()}
			who := &visitor{token: "token", openUnknown: tt.mayBeOpen}
			for _, o := range tt.openings {
				v.recordOpening(who, o)
			}
			wantViolations(t, v, tt.want...)
		})
	}
}

func TestAnswersAreJudged(t *testing.T) {
	for name, tt := range map[string]struct {
		status     int
		body       string
		retryAfter string
		killed     bool
		took       time.Duration
		outcome    outcome
		isWrong    bool
	}{
		"acknowledged":                  {200, `{"success":true}`, "", false, 0, acknowledged, false},
		"a 200 without success":         {200, `{"success":false}`, "", false, 0, acknowledged, true},
		"refused":                       {400, `{"success":false,"error":"x"}`, "", false, 0, refused, false},
		"a 404 of the gateway":          {404, `{"message":"Not Found"}`, "", false, 0, refused, true},
		"correct 503":                   {503, `{"success":false,"error":"Internal server error"}`, "2", false, 0, unknown, false},
		"without Retry-After":           {503, `{"success":false,"error":"Internal server error"}`, "", false, 0, unknown, true},
		"a 503 of the gateway":          {503, `{"message":"Service Unavailable"}`, "", false, 0, unknown, true},
		"a 500":                         {500, `{"success":false,"error":"Internal server error"}`, "", true, 0, unknown, true},
		"a dead process":                {500, gatewayFault, "", true, 0, unknown, false},
		"a dead process without a kill": {500, gatewayFault, "", false, 0, unknown, true},
		"a 502":                         {502, `{"message":"x"}`, "", true, 0, unknown, true},
		"too late":                      {503, `{"success":false,"error":"Internal server error"}`, "2", false, 14 * time.Second, unknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := answer{outcome: unknown, status: tt.status, body: tt.body, took: tt.took}
			header := map[string][]string{}
			if tt.retryAfter != "" {
				header["Retry-After"] = []string{tt.retryAfter}
			}
			a.judge(header, tt.killed)
			if a.outcome != tt.outcome || (a.wrong != "") != tt.isWrong {
				t.Errorf("%s, wrong %q", a.outcome, a.wrong)
			}
		})
	}
}
