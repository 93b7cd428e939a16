package site_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"livechat/infra/local/demo/site"
)

// packages returns a folder whose lock file names a widget, installed or not.
func packages(t *testing.T, installed bool) string {
	t.Helper()
	folder := t.TempDir()
	files := map[string]string{"package-lock.json": `{"packages":{"node_modules/w":{"version":"1","integrity":"a"}}}`}
	if installed {
		files["node_modules/.package-lock.json"] = files["package-lock.json"]
		files["node_modules/@rocket.chat/livechat/build/index.html"] = "<p>the widget"
		files["node_modules/@rocket.chat/livechat/build/a.js"] = "a()"
		files["node_modules/@rocket.chat/livechat/package.json"] = "{}"
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func get(h http.Handler, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w
}

func TestWhatIsServed(t *testing.T) {
	h := site.New(t.Context(), site.Options{Port: 3000, Packages: packages(t, true)})
	for path, want := range map[string]struct {
		status   int
		contains string
	}{
		"/demo":                              {200, `data-user="mNgrDemoUser7Kx2p"`},
		"/demo/":                             {302, ""},
		"/demo/page.css":                     {200, ".shop"},
		"/demo/desk.js":                      {200, "textContent"},
		"/demo/embed.js":                     {200, "RocketChat"},
		"/demo/icon.svg":                     {200, "<svg"},
		"/demo/widget":                       {200, `"ready":true`},
		"/demo/livechat":                     {200, "<p>the widget"},
		"/demo/livechat/a.js":                {200, "a()"},
		"/demo/livechat/b.js":                {404, ""},
		"/demo/livechat/..%2fpackage.json":   {400, ""},
		"/demo/livechat/%2e%2e/package.json": {404, ""},
		"/demo/site.go":                      {404, ""},
	} {
		w := get(h, "http://localhost:3000"+path)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.contains) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w.Code == 200 && !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s has no restrictive content security policy", path)
		}
	}
}

func TestItIsForThisMachineAlone(t *testing.T) {
	h := site.New(t.Context(), site.Options{Port: 3000, Packages: packages(t, true)})
	for _, host := range []string{"shop.example", "localhost:3001", "localhost"} {
		if w := get(h, "http://"+host+"/demo"); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "token") {
			t.Errorf("%s: %d %s", host, w.Code, w.Body)
		}
	}
}

func TestWithoutNpmThePageSaysWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	h := site.New(t.Context(), site.Options{Port: 3000, Packages: packages(t, false)})
	if w := get(h, "http://localhost:3000/demo"); w.Code != http.StatusOK {
		t.Errorf("the page: %d", w.Code)
	}
	for _, path := range []string{"/demo/widget", "/demo/livechat", "/demo/livechat/a.js"} {
		if w := get(h, "http://localhost:3000"+path); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "no npm found; install it") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
