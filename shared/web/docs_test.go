package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"livechat/shared/web"
)

func docs(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	web.Docs().ServeHTTP(w, httptest.NewRequest(method, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: status %d", method, path, w.Code)
	}
	return w
}

func TestDocsForPeople(t *testing.T) {
	w := docs(t, http.MethodGet, "/docs")
	if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	body := w.Body.String()
	if !strings.Contains(body, "/api/v1/livechat/room.survey") || strings.Contains(body, "{{style}}") || !strings.Contains(body, "prefers-color-scheme") {
		t.Error("the page is wrong, or it has no style")
	}
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "script-src") {
		t.Errorf("policy %q", policy)
	}
	if docs(t, http.MethodHead, "/docs").Body.Len() != 0 {
		t.Error("HEAD has a body")
	}
}

func TestDocsForPrograms(t *testing.T) {
	w := docs(t, http.MethodGet, "/api/v1/openapi.json")
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	var document struct {
		OpenAPI string
		Paths   map[string]any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1.") || document.Paths["/api/v1/livechat/room"] == nil {
		t.Errorf("version %q with %d paths", document.OpenAPI, len(document.Paths))
	}
}
