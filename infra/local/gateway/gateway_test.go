package gateway

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
)

// serve sends r through a gateway whose functions all return out.
func serve(r *http.Request, cors *template.CORS, out runtime.Outcome) (*httptest.ResponseRecorder, Request) {
	var recorded Request
	g := New(Options{
		Routes: []template.Route{
			{Function: "Visitor", Method: "GET", Path: "/visitor/{token}"},
			{Function: "Visitor", Method: "POST", Path: "/visitor"},
		},
		CORS:   cors,
		Now:    func() time.Time { return epoch },
		Invoke: func(context.Context, string, []byte) runtime.Outcome { return out },
		Record: func(r Request) { recorded = r },
	})
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w, recorded
}

const created = `{"statusCode":201,"headers":{"content-type":"text/html","Access-Control-Allow-Origin":"https://mine"},"cookies":["a=1","b=2"],"body":"aGk=","isBase64Encoded":true}`

func TestAnswers(t *testing.T) {
	tests := map[string]struct {
		out         runtime.Outcome
		status      int
		contentType string
		body        string
	}{
		"structured":         {runtime.Outcome{Payload: []byte(created)}, 201, "text/html", "hi"},
		"without a type":     {runtime.Outcome{Payload: []byte(`{"statusCode":200,"body":"x"}`)}, 200, "text/plain;charset=UTF-8", "x"},
		"other JSON":         {runtime.Outcome{Payload: []byte(`{"a":1}`)}, 200, "application/json", `{"a":1}`},
		"a text":             {runtime.Outcome{Payload: []byte(`"hello"`)}, 200, "application/json", "hello"},
		"no JSON":            {runtime.Outcome{Payload: []byte(`oops`)}, 500, "application/json", `{"message":"Internal Server Error"}`},
		"impossible status":  {runtime.Outcome{Payload: []byte(`{"statusCode":7}`)}, 500, "application/json", `{"message":"Internal Server Error"}`},
		"body is not a text": {runtime.Outcome{Payload: []byte(`{"statusCode":200,"body":{}}`)}, 500, "application/json", `{"message":"Internal Server Error"}`},
		"bad base64":         {runtime.Outcome{Payload: []byte(`{"statusCode":200,"body":"?","isBase64Encoded":true}`)}, 500, "application/json", `{"message":"Internal Server Error"}`},
		"a crash":            {runtime.Outcome{Failure: runtime.Crashed, Payload: []byte(`{}`)}, 500, "application/json", `{"message":"Internal Server Error"}`},
		"no free process":    {runtime.Outcome{Failure: runtime.NotRun}, 503, "application/json", `{"message":"Service Unavailable"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, _ := serve(httptest.NewRequest("GET", "/visitor/a", nil), nil, tt.out)
			got := []any{w.Code, w.Header().Get("Content-Type"), w.Body.String()}
			if d := cmp.Diff([]any{tt.status, tt.contentType, tt.body}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAnswerHeaders(t *testing.T) {
	w, recorded := serve(httptest.NewRequest("GET", "/visitor/secret?q=secret", nil), nil,
		runtime.Outcome{Payload: []byte(created), Cold: true, Calls: 5, Trips: 3, ReadUnits: 1.5, WriteUnits: 6})
	if d := cmp.Diff([]string{"a=1", "b=2"}, w.Header().Values("Set-Cookie")); d != "" {
		t.Error(d)
	}
	for name, want := range map[string]string{
		"X-Local-Function": "Visitor", "X-Local-Db-Calls": "5", "X-Local-Db-Trips": "3", "X-Local-Cold": "1",
		"X-Local-Db-Read-Units": "1.5", "X-Local-Db-Write-Units": "6",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	recorded.Millis = 0
	want := Request{Time: epoch, Method: "GET", Path: "/visitor/{token}", Status: 201, Function: "Visitor", Calls: 5, Trips: 3, ReadUnits: 1.5, WriteUnits: 6, Cold: true}
	if d := cmp.Diff(want, recorded); d != "" {
		t.Error(d)
	}
}

func TestNotFound(t *testing.T) {
	for _, target := range []string{"GET /websocket", "GET /visitor", "PUT /visitor", "GET /visitor/", "OPTIONS /visitor"} {
		method, path, _ := strings.Cut(target, " ")
		w, _ := serve(httptest.NewRequest(method, path, nil), &template.CORS{Origins: []string{"*"}}, runtime.Outcome{})
		if w.Code != 404 || w.Body.String() != `{"message":"Not Found"}` || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestSecretsOfAnUnknownMethodAreNotRecorded(t *testing.T) {
	if _, recorded := serve(httptest.NewRequest("PUT", "/visitor/secret", nil), nil, runtime.Outcome{}); recorded.Path != "/visitor/{token}" {
		t.Errorf("recorded %s", recorded.Path)
	}
}

func TestTooLong(t *testing.T) {
	for name, size := range map[string]int{"over the gateway's limit": maxBody + 1, "over Lambda's": maxEvent} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/visitor", strings.NewReader(strings.Repeat("x", size)))
			r.Header.Set("Content-Type", "text/plain")
			w, _ := serve(r, nil, runtime.Outcome{Payload: []byte(`{}`)})
			if w.Code != 413 || w.Body.String() != `{"message":"Request Too Long"}` {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestCORS(t *testing.T) {
	listed := &template.CORS{Origins: []string{"https://good.example"}, Methods: []string{"GET", "POST"}, Headers: []string{"content-type"}, MaxAge: 600}
	open := &template.CORS{Origins: []string{"*"}, Methods: []string{"GET"}}
	preflight := func(origin string) *http.Request {
		r := httptest.NewRequest("OPTIONS", "/anything", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		return r
	}
	get := func(path, origin string) *http.Request {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Origin", origin)
		return r
	}
	tests := map[string]struct {
		cors   *template.CORS
		r      *http.Request
		status int
		want   map[string]string
	}{
		"preflight": {listed, preflight("https://good.example"), 204, map[string]string{
			"Access-Control-Allow-Origin": "https://good.example", "Access-Control-Allow-Methods": "GET,POST",
			"Access-Control-Allow-Headers": "content-type", "Access-Control-Max-Age": "600",
		}},
		"preflight of another origin": {listed, preflight("https://evil.example"), 204, map[string]string{}},
		"preflight, all origins": {open, preflight("https://any.example"), 204, map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET",
		}},
		"preflight without CORS": {nil, preflight("https://good.example"), 404, map[string]string{}},
		"answer, the function's own replaced": {listed, get("/visitor/a", "https://good.example"), 201, map[string]string{
			"Access-Control-Allow-Origin": "https://good.example",
		}},
		"answer to another origin":  {listed, get("/visitor/a", "https://evil.example"), 201, map[string]string{}},
		"answer to no origin":       {open, get("/visitor/a", ""), 201, map[string]string{}},
		"not found":                 {open, get("/nowhere", "https://any.example"), 404, map[string]string{"Access-Control-Allow-Origin": "*"}},
		"the function's own passed": {nil, get("/visitor/a", "https://good.example"), 201, map[string]string{"Access-Control-Allow-Origin": "https://mine"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, _ := serve(tt.r, tt.cors, runtime.Outcome{Payload: []byte(created)})
			got := map[string]string{}
			for name, values := range w.Header() {
				if strings.HasPrefix(name, "Access-Control-") {
					got[name] = strings.Join(values, "|")
				}
			}
			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestThrottles(t *testing.T) {
	invoked := 0
	g := New(Options{
		Routes: []template.Route{
			{Function: "Visitor", Method: "GET", Path: "/visitor/{token}", Throttle: template.Throttle{Rate: 1e-9, Burst: 2}},
			{Function: "Visitor", Method: "POST", Path: "/visitor", Throttle: template.Throttle{Rate: 1e9, Burst: 1}},
			{Function: "Page", Method: "GET", Path: "/page"},
		},
		CORS: &template.CORS{Origins: []string{"*"}, Methods: []string{"GET"}},
		Now:  func() time.Time { return epoch },
		Invoke: func(context.Context, string, []byte) runtime.Outcome {
			invoked++
			return runtime.Outcome{Payload: []byte(`{"statusCode":200,"body":"x"}`)}
		},
		Record: func(Request) {},
	})
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/visitor/a", 200},
		{"GET", "/visitor/b", 200}, // takes the last token of the route
		{"GET", "/visitor/c", 429},
		{"OPTIONS", "/visitor/c", 204}, // a preflight request needs no token
		{"POST", "/visitor", 200},      // another route has its own tokens
		{"POST", "/visitor", 200},      // the token has been refilled
		{"GET", "/page", 200},
		{"GET", "/page", 200},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Header.Set("Origin", "https://site.example")
		r.Header.Set("Access-Control-Request-Method", "GET")
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, w.Code, tt.status)
		}
		if w.Header().Get("Access-Control-Allow-Origin") == "" {
			t.Errorf("%s %s: a page cannot read the status %d", tt.method, tt.path, w.Code)
		}
		if tt.status == 429 && w.Body.String() != `{"message":"Too Many Requests"}` {
			t.Error(w.Body)
		}
	}
	if invoked != 6 {
		t.Errorf("%d invocations, want 6: a throttled call must not invoke the function", invoked)
	}
}
