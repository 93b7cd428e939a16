package console

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeadersOfADelivery(t *testing.T) {
	l := openLaptop(t)
	r := httptest.NewRequest(http.MethodPost, "/_local/hook", nil)
	r.Host = "localhost:3000"
	r.Header = http.Header{"Webhook-Id": {"msg_1"}, "X-Twice": {"a", "b"}}
	l.handler.ServeHTTP(httptest.NewRecorder(), r)
	want := map[string]string{"webhook-id": "msg_1", "x-twice": "a, b"}
	if d := cmp.Diff(want, l.deliveries(t)[0].Headers); d != "" {
		t.Error(d)
	}
}

func (l *laptop) deliveries(t *testing.T) []Delivery {
	t.Helper()
	var shown struct{ Deliveries []Delivery }
	if err := json.Unmarshal(l.send(http.MethodGet, "hook", "").Body.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	return shown.Deliveries
}

func TestReceiverThatFails(t *testing.T) {
	tests := map[string]struct {
		query    string
		status   int
		location string
	}{
		"requested":       {"?status=500", 500, ""},
		"gone":            {"?status=410", 410, ""},
		"to itself":       {"?status=307", 307, "/_local/hook?status=307"},
		"no status":       {"?status=soon", 204, ""},
		"no final status": {"?status=101", 204, ""},
		"too large":       {"?status=900", 204, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := openLaptop(t)
			w := l.send(http.MethodPost, "hook"+tt.query, "x")
			if w.Code != tt.status || w.Header().Get("Location") != tt.location {
				t.Errorf("%d, to %q", w.Code, w.Header().Get("Location"))
			}
			if len(l.deliveries(t)) != 1 {
				t.Error("the delivery is not kept")
			}
		})
	}
}

func TestForeignPagesDeliverNothing(t *testing.T) {
	l := openLaptop(t)
	if w := l.send(http.MethodPost, "hook", "x", "Origin", "https://evil.example"); w.Code != http.StatusForbidden || len(l.deliveries(t)) != 0 {
		t.Errorf("%d, %d deliveries", w.Code, len(l.deliveries(t)))
	}
}

func TestPageShowsWhichDeliveryItWas(t *testing.T) {
	l := openLaptop(t)
	l.send(http.MethodPost, "hook", "12345", "Webhook-Id", "msg_<1>")
	if body := l.send(http.MethodGet, "", "").Body.String(); !strings.Contains(body, `<td>POST /_local/hook<td>msg_&lt;1&gt;<td class="number">5<td>12345`) {
		t.Error(body)
	}
}
