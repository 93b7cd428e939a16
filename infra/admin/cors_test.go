package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// allowing starts an API that answers preflight requests with the given headers.
func allowing(t *testing.T, status int, origin, methods, headers string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		for name, value := range map[string]string{"Origin": origin, "Methods": methods, "Headers": headers} {
			if value != "" {
				w.Header().Set("Access-Control-Allow-"+name, value)
			}
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestCorsCheck(t *testing.T) {
	forgetAWS(t)
	const shop, methods = "https://shop.example", "GET,POST, PUT,DELETE"
	const headers = "Content-Type, x-user-id,x-auth-token,x-visitor-token"
	for name, tc := range map[string]struct {
		status                   int
		origin, methods, headers string
		code                     int
		want                     string
	}{
		"every origin":       {204, "*", methods, headers, exitDone, "may call"},
		"this origin":        {200, shop, methods, headers, exitDone, "GET, POST, PUT, DELETE"},
		"another origin":     {204, "https://other.example", methods, headers, exitFailed, "it allows only https://other.example"},
		"no origin":          {204, "", "", "", exitFailed, "not among the allowed"},
		"missing method":     {204, "*", "GET,POST", headers, exitFailed, "but not PUT; it allows the methods GET,POST, but not DELETE"},
		"missing header":     {204, "*", methods, "content-type", exitFailed, "but not x-user-id"},
		"no preflight route": {404, "*", methods, headers, exitFailed, "with 404"},
	} {
		t.Run(name, func(t *testing.T) {
			url := allowing(t, tc.status, tc.origin, tc.methods, tc.headers)
			a := typeIn(t, "cors", "check", shop, "--api", url)
			if a.code != tc.code || !strings.Contains(a.stdout, tc.want) {
				t.Errorf("%d %q %q, want %d %q", a.code, a.stdout, a.stderr, tc.code, tc.want)
			}
		})
	}
}

func TestCorsCheckSaysWhatItNeeds(t *testing.T) {
	forgetAWS(t)
	for _, tc := range []struct {
		want string
		args []string
	}{
		{"is not an origin", []string{"https://shop.example/page", "--api", "https://api.example"}},
		{"is not an origin", []string{"shop.example", "--api", "https://api.example"}},
		{"which API?", []string{"https://shop.example"}},
		{"is not an address", []string{"https://shop.example", "--api", "api.example"}},
		{"does not answer", []string{"https://shop.example", "--api", "http://localhost:" + freePort(t)}},
	} {
		if a := typeIn(t, append([]string{"cors", "check"}, tc.args...)...); a.code != exitFailed || !strings.Contains(a.stderr, tc.want) {
			t.Errorf("%v: %d %q", tc.args, a.code, a.stderr)
		}
	}
}
