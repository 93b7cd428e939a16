package blackbox

import (
	"net/http"
	"strings"
	"testing"

	"livechat/infra/test/blackbox/target"
)

func TestWrongRequestsGetTheContractsAnswer(t *testing.T) {
	const notSignedIn = `{"success":false,"status":"error","message":"You must be logged in to do this.","error":"You must be logged in to do this."}`
	for _, tc := range []struct {
		name               string
		method, path, body string
		status             int
		want               string
	}{
		{"token", http.MethodGet, api + "room?token=nobody", "", 400, `{"success":false,"error":"invalid-token"}`},
		{"query", http.MethodGet, api + "room?tokn=x", "", 400, `{"success":false,"error":"Match error: Unknown key in field tokn"}`},
		{"escape", http.MethodGet, api + "room?token=%zz", "", 400, `{"success":false,"error":"invalid-token"}`},
		{"sign-in", http.MethodPut, api + "room.visitor", target.Move(target.MarysRoom, "x"), 401, notSignedIn},
		{"body", http.MethodPost, api + "room.survey", `{"a":1}`, 400, `{"success":false,"error":"must have required property 'token' [invalid-params]","errorType":"invalid-params"}`},
		{"no body", http.MethodPost, api + "visitor", "", 400, `{"success":false,"error":"Invalid JSON: empty body [invalid-json]","errorType":"invalid-json"}`},
		{"64 KiB", http.MethodPost, api + "room.survey", `{"token":"` + strings.Repeat("x", 64<<10-12) + `"}`, 400, `{"success":false,"error":"must have required property 'rid' [invalid-params]","errorType":"invalid-params"}`},
		{"more", http.MethodPost, api + "room.survey", `{"token":"` + strings.Repeat("x", 64<<10-11) + `"}`, 413, `{"success":false,"error":"Request entity too large [error-too-large]","errorType":"error-too-large"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			system.Send(t, tc.method, tc.path, tc.body).Want(t, tc.status, tc.want)
		})
	}
	for name, id := range map[string]string{"no": "", "unknown": "x", "long": strings.Repeat("x", 3000), "invalid": "%ff"} {
		t.Run(name+" visitor", func(t *testing.T) {
			system.Send(t, http.MethodGet, api+"visitors.info?visitorId="+id, "", target.SignedIn...).Want(t, 400,
				`{"success":false,"error":"visitor-not-found"}`)
		})
	}
}

func TestAnswersHaveTheirHeaders(t *testing.T) {
	for _, path := range []string{"room?token=nobody", "room?token=" + target.MarysToken} {
		a := system.Send(t, http.MethodGet, api+path, "")
		for name, want := range map[string]string{
			"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		} {
			if got := a.Header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// TestRandomTextsAreNeverOurFault replaces invalid UTF-8, because SAM's gateway breaks on
// it. Package laptop sends all bytes.
func TestRandomTextsAreNeverOurFault(t *testing.T) {
	bodies := system.RandomBodies()
	for i, body := range bodies {
		bodies[i] = strings.ToValidUTF8(body, "\uFFFD")
	}
	system.NeverOurFault(t, bodies)
}

func TestRandomQueriesAreNeverOurFault(t *testing.T) {
	noise := target.NewNoise()
	for range system.Many(200) {
		query := noise.Query()
		a := system.Send(t, http.MethodGet, api+"room?token="+query, "")
		if a.Status != 400 {
			t.Fatalf("%d %s to token=%s", a.Status, a.Body, query)
		}
	}
}

func TestOtherOriginsMayCall(t *testing.T) {
	preflight := system.Send(t, http.MethodOptions, api+"room", "", "Origin", "https://shop.example",
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "content-type")
	allowed := strings.ToLower(preflight.Header.Get("Access-Control-Allow-Headers"))
	if preflight.Status/100 != 2 || preflight.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(allowed, "content-type") {
		t.Errorf("preflight: %d %v", preflight.Status, preflight.Header)
	}
	a := system.Send(t, http.MethodGet, api+"room?token=nobody", "", "Origin", "https://shop.example")
	if a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("answer: %v", a.Header)
	}
}
