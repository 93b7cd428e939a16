package gateway

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/template"
)

var epoch = time.Date(2020, 3, 12, 19, 3, 58, 0, time.UTC)

func TestEventIsAsDocumented(t *testing.T) {
	r := httptest.NewRequest("GET", "/rooms/a%20b?parameter1=value1&parameter1=value2&parameter2=a%20b&bare", nil)
	r.Host = "id.example.com:3000"
	r.Header.Set("User-Agent", "agent")
	r.Header.Set("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793")
	r.Header.Add("Header1", "value1")
	r.Header.Add("Header1", "value2")
	r.Header.Add("Cookie", "cookie1=one; cookie2=two")

	m, ok := newRoutes([]template.Route{{Method: "GET", Path: "/rooms/{id}"}}).match("GET", r.URL.EscapedPath())
	if !ok {
		t.Fatal("no route")
	}
	data, err := json.Marshal(newEvent(r, m, nil, "JKJaXmPLvHcESHA=", epoch))
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/get.json")
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]any
	if err := json.Unmarshal(golden, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	// The event library's type writes an empty certificate, which is not under test.
	delete(got["requestContext"].(map[string]any), "authentication")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestBodyOfAnEvent(t *testing.T) {
	tests := map[string]struct {
		contentType, body string
		want              string
		base64            bool
	}{
		"JSON":                {"application/json", `{"a":"ä"}`, `{"a":"ä"}`, false},
		"JSON with charset":   {"application/json; charset=utf-8", `{}`, `{}`, false},
		"JSON suffix":         {"application/problem+json", `{}`, `{}`, false},
		"form":                {"application/x-www-form-urlencoded", "a=b", "a=b", false},
		"text":                {"text/csv", "a,b", "a,b", false},
		"invalid UTF-8":       {"text/plain", "\xff", "/w==", true},
		"picture":             {"image/png", "abc", "YWJj", true},
		"without a type":      {"", "abc", "YWJj", true},
		"none":                {"", "", "", false},
		"malformed parameter": {"application/json; charset", `{}`, `{}`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.contentType)
			e := newEvent(r, match{}, []byte(tt.body), "id", epoch)
			if e.Body != tt.want || e.IsBase64Encoded != tt.base64 {
				t.Errorf("body %q, base64 %v", e.Body, e.IsBase64Encoded)
			}
		})
	}
}

func TestForwardedForIsAppendedTo(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Forwarded-For", "198.51.100.7")
	if got := headers(r, epoch)["x-forwarded-for"]; got != "198.51.100.7, 192.0.2.1" {
		t.Errorf("x-forwarded-for: %s", got)
	}
}
