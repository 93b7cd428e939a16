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

func TestDocsNameTheAddressOfTheRequest(t *testing.T) {
	for name, tc := range map[string]struct{ host, proto, page, document string }{
		"laptop":       {"localhost:3001", "http", "curl -s &#39;http://localhost:3001/", `"http://localhost:3001"`},
		"AWS":          {"abc123.execute-api.eu-central-1.amazonaws.com", "https", "curl -s &#39;https://abc123.execute-api.", `"https://abc123.execute-api.`},
		"hostile host": {`x"><script>`, "http", "http://x&#34;&gt;&lt;script&gt;/", `"http://x\"\u003e\u003cscript\u003e"`},
	} {
		t.Run(name, func(t *testing.T) {
			for path, want := range map[string]string{"/docs": tc.page, "/api/v1/openapi.json": tc.document} {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Host = tc.host
				r.Header.Set("X-Forwarded-Proto", tc.proto)
				w := httptest.NewRecorder()
				web.Docs().ServeHTTP(w, r)
				body := w.Body.String()
				if !strings.Contains(body, want) || strings.Contains(body, "localhost:3000") {
					t.Errorf("%s does not name %s", path, want)
				}
				if strings.HasSuffix(path, "json") && !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s is not JSON", path)
				}
			}
		})
	}
}
