package console

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"livechat/infra/local/clock"
	"livechat/infra/local/database"
	"livechat/infra/local/fault"
	"livechat/infra/local/gateway"
	"livechat/infra/local/iam"
	"livechat/infra/local/mail"
	"livechat/infra/local/runtime"
	"livechat/infra/local/schedule"
)

// noSchedules implements Schedules without any schedules.
type noSchedules struct{}

func (noSchedules) States() []schedule.State           { return nil }
func (noSchedules) DeadLetters() []schedule.DeadLetter { return nil }
func (noSchedules) DropDeadLetters()                   {}
func (noSchedules) Event(string) ([]byte, bool)        { return nil, false }

// send makes one request to a new console. The request's host is localhost:3000, unless a
// Host header is given.
func send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	var c clock.Clock
	var history History
	history.Add(gateway.Request{Method: "GET", Path: "/visitor/{token}", Status: 200, Function: "<Room>"})
	h := New(Options{
		Port:      3000,
		Functions: func() []Function { return []Function{{Name: "Room"}, {Name: "Broken"}} },
		Invoke: func(_ context.Context, function string, event []byte) runtime.Outcome {
			if function == "Broken" {
				return runtime.Outcome{Failure: runtime.Crashed, Payload: []byte(`{"errorType":"x"}`)}
			}
			return runtime.Outcome{Payload: event}
		},
		Clock: &c, History: &history, Schedules: noSchedules{}, Mailbox: new(mail.Mailbox), Hook: new(WebhookSink), Faults: new(fault.List),
		Keys: func() []database.KeyUnits {
			return []database.KeyUnits{{Index: "GSI1", PK: "<ROOM>", ReadUnits: 0.5, WriteUnits: 2}}
		},
		ResetKeys:   func() {},
		Permissions: func() map[string]iam.Permissions { return nil },
		Database:    func() Database { return Database{Endpoint: "http://127.0.0.1:8000", Table: "Table"} },
	})
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost:3000"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestWhoMayCall(t *testing.T) {
	tests := map[string]struct {
		method  string
		headers []string
		status  int
	}{
		"localhost":            {"GET", nil, 200},
		"IPv4":                 {"GET", []string{"Host", "127.0.0.1:3000"}, 200},
		"IPv6":                 {"GET", []string{"Host", "[::1]:3000"}, 200},
		"foreign host":         {"GET", []string{"Host", "evil.example:3000"}, 403},
		"foreign suffix":       {"GET", []string{"Host", "localhost.evil.example:3000"}, 403},
		"another port":         {"GET", []string{"Host", "localhost:4000"}, 403},
		"own origin":           {"POST", []string{"Origin", "http://localhost:3000"}, 200},
		"foreign origin":       {"POST", []string{"Origin", "http://evil.example"}, 403},
		"sandboxed origin":     {"POST", []string{"Origin", "null"}, 403},
		"foreign origin reads": {"GET", []string{"Origin", "http://evil.example"}, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := send(tt.method, "/_local/clock", `{"advance":"1h"}`, tt.headers...)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
		})
	}
}

func TestClockMoves(t *testing.T) {
	tests := map[string]struct {
		body   string
		status int
		want   string
	}{
		"to a time":       {`{"set":"2026-12-01T10:00:00+01:00"}`, 200, `{"now":"2026-12-01T09:00:00.000Z"}`},
		"to stop at":      {`{"stop":"2026-12-01T09:00:00.123Z"}`, 200, `{"now":"2026-12-01T09:00:00.123Z"}`},
		"by days":         {`{"advance":"3d"}`, 200, `{"now":"`},
		"no duration":     {`{"advance":"soon"}`, 400, `is not a duration`},
		"no time":         {`{"set":"noon"}`, 400, `is not a time`},
		"both":            {`{"set":"2026-12-01T09:00:00Z","advance":"1h"}`, 400, "send either"},
		"neither":         {`{}`, 400, "send either"},
		"no JSON":         {`3d`, 400, `send {`},
		"misspelt member": {`{"advanced":"1h"}`, 400, "advanced"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := send("POST", "/_local/clock", tt.body)
			body := strings.ReplaceAll(w.Body.String(), `\"`, `"`)
			if w.Code != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("%d %s, want %d %s", w.Code, body, tt.status, tt.want)
			}
		})
	}
}

func TestCalls(t *testing.T) {
	tests := map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"health":             {"GET", "health", "", 200, `{"ready":true}`},
		"database":           {"GET", "database", "", 200, `{"endpoint":"http://127.0.0.1:8000","table":"Table"}`},
		"requests":           {"GET", "requests", "", 200, `"path":"/visitor/{token}"`},
		"invoke":             {"POST", "invoke/Room", `{"a":1}`, 200, `{"a":1}`},
		"invoke, no event":   {"POST", "invoke/Room", "", 200, `{}`},
		"invoke, no JSON":    {"POST", "invoke/Room", "oops", 400, "must be JSON"},
		"invoke a failing":   {"POST", "invoke/Broken", "", 502, `{"errorType":"x"}`},
		"invoke an unknown":  {"POST", "invoke/Roon", "", 404, "use one of Room, Broken"},
		"page, text escaped": {"GET", "", "", 200, "&lt;Room&gt;"},
		"keys":               {"GET", "keys", "", 200, `{"keys":[{"index":"GSI1","pk":"\u003cROOM\u003e","readUnits":0.5,"writeUnits":2}]}`},
		"keys, again":        {"DELETE", "keys", "", 204, ""},
		"page, its keys":     {"GET", "", "", 200, "<td>&lt;ROOM&gt;<td class=\"number\">0.5<td class=\"number\">2"},
		"style":              {"GET", "page.css", "", 200, "color-scheme"},
		"script":             {"GET", "page.js", "", 200, "use strict"},
		"nothing":            {"GET", "nothing", "", 404, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := send(tt.method, Prefix+tt.path, tt.body)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") {
				t.Errorf("content security policy %q", csp)
			}
		})
	}
}

func TestHistoryKeepsTheLatest(t *testing.T) {
	var h History
	for i := range maxHistory + 5 {
		h.Add(gateway.Request{Status: i})
	}
	got := h.Latest()
	if len(got) != maxHistory || got[0].Status != maxHistory+4 || got[maxHistory-1].Status != 5 {
		t.Errorf("%d requests, from %d to %d", len(got), got[0].Status, got[len(got)-1].Status)
	}
}
