package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/clock"
	"livechat/infra/local/database"
	"livechat/infra/local/fault"
	"livechat/infra/local/iam"
	"livechat/infra/local/mail"
	"livechat/infra/local/runtime"
	"livechat/infra/local/schedule"
	"livechat/infra/local/template"
)

// laptop is a console that is used for several requests and keeps its data, unlike the
// console of send.
type laptop struct {
	handler http.Handler
	mailbox *mail.Mailbox
	dead    []schedule.DeadLetter
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func (l *laptop) States() []schedule.State {
	return []schedule.State{{Function: "Sender", Name: "Minute", Expression: "rate(1 minute)", Next: noon.Add(time.Minute), Runs: 3}}
}
func (l *laptop) DeadLetters() []schedule.DeadLetter { return l.dead }
func (l *laptop) DropDeadLetters()                   { l.dead = nil }
func (l *laptop) Event(function string) ([]byte, bool) {
	return []byte(`{"scheduled":true}`), function == "Sender" || function == "Both"
}

// standing is a clock that stands still, so that tests can compare times.
type standing struct{ clock.Clock }

func (*standing) Now() time.Time { return noon }

func openLaptop(t *testing.T) *laptop {
	t.Helper()
	roles, err := iam.New(map[string][]template.Statement{
		"Sender": {{Allow: true, Actions: []string{"ses:SendEmail"}, Resources: []string{"*"}}},
	}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	l := &laptop{}
	l.mailbox, err = mail.Start(mail.Options{Now: func() time.Time { return noon }, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.mailbox.Close)
	l.handler = New(Options{
		Port: 3000,
		Functions: func() []Function {
			return []Function{{Name: "Sender"}, {Name: "Both", Routes: []string{"GET /both"}}}
		},
		Invoke: func(_ context.Context, _ string, event []byte) runtime.Outcome {
			return runtime.Outcome{Payload: event}
		},
		Clock: new(standing), History: new(History), Schedules: l, Mailbox: l.mailbox, Hook: new(WebhookSink), Faults: new(fault.List),
		Keys:        func() []database.KeyUnits { return nil },
		Permissions: func() map[string]iam.Permissions { return nil },
		Database:    func() Database { return Database{} },
	})
	return l
}

func (l *laptop) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/_local/"+path, strings.NewReader(body))
	r.Host = "127.0.0.1:3000"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	l.handler.ServeHTTP(w, r)
	return w
}

// want compares an answer with JSON, ignoring white space.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if body == "" && w.Body.Len() == 0 {
		return
	}
	var got, wanted any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if err := json.Unmarshal([]byte(body), &wanted); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(wanted, got); d != "" {
		t.Error(d)
	}
}

// mail sends a mail to the mailbox, as a function does.
func (l *laptop) mail(t *testing.T, html, text string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"FromEmailAddress": "Shop <chat@example.com>",
		"Destination":      map[string]any{"ToAddresses": []string{"mary@example.net"}},
		"Content": map[string]any{"Simple": map[string]any{
			"Subject": map[string]string{"Data": "How <was> it?"},
			"Body":    map[string]any{"Text": map[string]string{"Data": text}, "Html": map[string]string{"Data": html}},
			"Headers": []map[string]string{{"Name": "X-A", "Value": "b"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(l.mailbox.Endpoint("Sender")+"/v2/email/outbound-emails", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
}

func TestOutbox(t *testing.T) {
	l := openLaptop(t)
	want(t, l.send("GET", "outbox", ""), 200, `{"messages":[]}`)
	l.mail(t, "<b>good?</b>", "good?")
	want(t, l.send("GET", "outbox", ""), 200, `{"messages":[{
		"id":"1","to":"mary@example.net","from":"Shop <chat@example.com>","subject":"How <was> it?","text":"good?","html":"<b>good?</b>",
		"headers":[{"name":"X-A","value":"b"}],"at":"2026-11-23T12:00:00.000Z"}]}`)

	w := l.send("GET", "outbox/1", "")
	if w.Code != 200 || w.Body.String() != "<b>good?</b>" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	csp := "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
	if got := w.Header().Values("Content-Security-Policy"); len(got) != 1 || got[0] != csp {
		t.Errorf("content security policy %q", got)
	}
	l.mail(t, "", "only <b>text")
	if w := l.send("GET", "outbox/2", ""); w.Body.String() != "only <b>text" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%v %s", w.Header(), w.Body)
	}

	want(t, l.send("DELETE", "outbox", ""), 204, "")
	want(t, l.send("GET", "outbox", ""), 200, `{"messages":[]}`)
	if w := l.send("GET", "outbox/1", ""); w.Code != 404 {
		t.Errorf("status %d", w.Code)
	}
}

func TestHookKeepsDeliveries(t *testing.T) {
	l := openLaptop(t)
	want(t, l.send("POST", "hook", `{"a":1}`, "X-Signature", "s"), 204, "")
	want(t, l.send("POST", "hook/a/b?status=500", "oops"), 500, "")
	want(t, l.send("GET", "hook", ""), 200, `{"deliveries":[
		{"method":"POST","path":"/_local/hook","headers":{"x-signature":"s"},"body":"{\"a\":1}","at":"2026-11-23T12:00:00.000Z"},
		{"method":"POST","path":"/_local/hook/a/b","headers":{},"body":"oops","at":"2026-11-23T12:00:00.000Z"}]}`)
	want(t, l.send("DELETE", "hook", ""), 204, "")
	want(t, l.send("GET", "hook", ""), 200, `{"deliveries":[]}`)
}

func TestHookHasLimits(t *testing.T) {
	l := openLaptop(t)
	if w := l.send("POST", "hook", strings.Repeat("x", maxDelivery+1)); w.Code != 413 {
		t.Errorf("status %d", w.Code)
	}
	for i := range keptDeliveries + 2 {
		l.send("POST", fmt.Sprintf("hook/%d", i), "")
	}
	var got struct{ Deliveries []Delivery }
	if err := json.Unmarshal(l.send("GET", "hook", "").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Deliveries) != keptDeliveries || got.Deliveries[0].Path != "/_local/hook/2" {
		t.Errorf("%d deliveries from %s", len(got.Deliveries), got.Deliveries[0].Path)
	}
}

func TestSchedulesAndDeadLetters(t *testing.T) {
	l := openLaptop(t)
	want(t, l.send("GET", "schedules", ""), 200, `{"schedules":[
		{"function":"Sender","name":"Minute","expression":"rate(1 minute)","next":"2026-11-23T12:01:00Z","runs":3}]}`)
	l.dead = []schedule.DeadLetter{{Schedule: "Minute", Function: "Sender", Time: noon, Event: []byte(`{"a":1}`), Error: "crashed", At: noon}}
	want(t, l.send("GET", "dead-letters", ""), 200, `{"deadLetters":[
		{"schedule":"Minute","function":"Sender","time":"2026-11-23T12:00:00Z","event":{"a":1},"error":"crashed","at":"2026-11-23T12:00:00Z"}]}`)
	want(t, l.send("DELETE", "dead-letters", ""), 204, "")
	if len(l.dead) != 0 {
		t.Error("the dead letters are still there")
	}
}

func TestRunningAScheduleNow(t *testing.T) {
	l := openLaptop(t)
	for name, tt := range map[string]struct{ function, body, want string }{
		"its own event":              {"Sender", "", `{"scheduled":true}`},
		"another event":              {"Sender", `{"a":1}`, `{"a":1}`},
		"a function with routes too": {"Both", "", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, l.send("POST", "invoke/"+tt.function, tt.body), 200, tt.want)
		})
	}
}

func TestPageShowsWhatCameOut(t *testing.T) {
	l := openLaptop(t)
	letters := `<section aria-labelledby="letters-title" class="alarming" hidden>`
	if body := l.send("GET", "", "").Body.String(); !strings.Contains(body, letters) {
		t.Errorf("the section of dead letters is shown although it is empty: %s", body)
	}
	l.mail(t, "<b>good?</b>", "")
	l.send("POST", "hook", "<script>alert(1)</script>"+strings.Repeat("é", beginning))
	l.dead = []schedule.DeadLetter{{Function: "<Sender>", Event: []byte("{}"), At: noon}}
	body := l.send("GET", "", "").Body.String()
	for _, text := range []string{
		`data-run="Sender"`, "<td>2026-11-23 12:01:00<td>",
		`<a href="outbox/1">How &lt;was&gt; it?</a>`, "&lt;script&gt;alert(1)", "é…", "&lt;Sender&gt;",
	} {
		if !strings.Contains(body, text) {
			t.Errorf("the page does not contain %q: %s", text, body)
		}
	}
	if strings.Contains(body, letters) || strings.Contains(body, "<script>alert") {
		t.Error(body)
	}
}

// TestPageIsKeptAsItIs checks the data that the page's script loads. The entries are
// limited in number, with the newest first.
func TestPageIsKeptAsItIs(t *testing.T) {
	l := openLaptop(t)
	for i := range maxListed + 1 {
		l.send("POST", fmt.Sprintf("hook/%d", i), "")
	}
	l.mail(t, "<b>good?</b>", "")
	var v view
	if err := json.Unmarshal(l.send("GET", "page.json", "").Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Deliveries) != maxListed || v.Deliveries[0].Request != fmt.Sprintf("POST /_local/hook/%d", maxListed) {
		t.Errorf("%d deliveries from %+v", len(v.Deliveries), v.Deliveries[0])
	}
	mails := []listedMail{{ID: "1", At: "2026-11-23T12:00:00.000Z", To: "mary@example.net", Subject: "How <was> it?"}}
	if d := cmp.Diff(mails, v.Mails); d != "" {
		t.Error(d)
	}
	states := []listedSchedule{{Function: "Sender", Expression: "rate(1 minute)", Next: "2026-11-23T12:01:00.000Z", Runs: 3}}
	if d := cmp.Diff(states, v.Schedules); d != "" {
		t.Error(d)
	}
}
