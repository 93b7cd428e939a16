package blackbox

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

func TestWrongRequestsGetTheContractsAnswer(t *testing.T) {
	const notFound = `{"message":"Not Found"}`
	const notSignedIn = `{"success":false,"status":"error","message":"You must be logged in to do this.","error":"You must be logged in to do this."}`
	for _, tc := range []struct {
		name               string
		method, path, body string
		status             int
		want               string
	}{
		{"path", http.MethodGet, api + "rooom", "", 404, notFound},
		{"method", http.MethodPost, api + "room", "", 404, notFound},
		{"websocket", http.MethodGet, "/websocket", "", 404, notFound},
		{"root", http.MethodGet, "/", "", 404, notFound},
		{"slash behind", http.MethodGet, api + "room/?token=x", "", 404, notFound},
		{"dots", http.MethodGet, api + "../livechat/room", "", 404, notFound},
		{"token", http.MethodGet, api + "room?token=nobody", "", 400, `{"success":false,"error":"invalid-token"}`},
		{"query", http.MethodGet, api + "room?tokn=x", "", 400, `{"success":false,"error":"Match error: Unknown key in field tokn"}`},
		{"escape", http.MethodGet, api + "room?token=%zz", "", 400, `{"success":false,"error":"invalid-token"}`},
		{"sign-in", http.MethodPut, api + "room.visitor", move(marysRoom, "x"), 401, notSignedIn},
		{"body", http.MethodPost, api + "room.survey", `{"a":1}`, 400, `{"success":false,"error":"must have required property 'token' [invalid-params]","errorType":"invalid-params"}`},
		{"no body", http.MethodPost, api + "visitor", "", 400, `{"success":false,"error":"Invalid JSON: empty body [invalid-json]","errorType":"invalid-json"}`},
		{"64 KiB", http.MethodPost, api + "room.survey", `{"token":"` + strings.Repeat("x", 64<<10-12) + `"}`, 400, `{"success":false,"error":"must have required property 'rid' [invalid-params]","errorType":"invalid-params"}`},
		{"more", http.MethodPost, api + "room.survey", `{"token":"` + strings.Repeat("x", 64<<10-11) + `"}`, 413, `{"success":false,"error":"Request entity too large [error-too-large]","errorType":"error-too-large"}`},
		{"escaped token", http.MethodGet, api + "visitor/%2e%2e%2f", "", 400, `{"success":false,"error":"[invalid-token]","errorType":"invalid-token"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			wantJSON(t, send(t, tc.method, tc.path, tc.body), tc.status, tc.want)
		})
	}
	for name, id := range map[string]string{"no": "", "unknown": "x", "long": strings.Repeat("x", 3000), "invalid": "%ff"} {
		t.Run(name+" visitor", func(t *testing.T) {
			wantJSON(t, send(t, http.MethodGet, api+"visitors.info?visitorId="+id, "", signedIn...), 400,
				`{"success":false,"error":"visitor-not-found"}`)
		})
	}
}

func TestAnswersHaveTheirHeaders(t *testing.T) {
	for _, path := range []string{"room?token=nobody", "room?token=" + marysToken} {
		a := send(t, http.MethodGet, api+path, "")
		for name, want := range map[string]string{
			"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		} {
			if got := a.header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// TestRandomBytesAreNeverOurFault sends more than a hundred thousand random
// bytes to each call that takes a body: in one piece, in many, and as the
// damaged remains of a good request.
func TestRandomBytesAreNeverOurFault(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return string(b)
	}
	good := survey(marysToken, marysRoom)
	bodies := []string{noise(100_000)}
	for range 200 {
		damaged := []byte(good)
		for range 1 + random.IntN(4) {
			damaged[random.IntN(len(damaged))] = byte(random.Uint32())
		}
		bodies = append(bodies, noise(random.IntN(1000)), string(damaged))
	}
	for _, call := range []struct{ method, path string }{
		{http.MethodPost, "room.survey"}, {http.MethodPut, "room.visitor"}, {http.MethodPost, "visitor"},
	} {
		t.Run(call.path, func(t *testing.T) {
			for _, body := range bodies {
				a := send(t, call.method, api+call.path, body, signedIn...)
				if a.status >= 500 || member(t, a.body, "success") != (a.status == 200) {
					t.Fatalf("%d %s to %q", a.status, a.body, body)
				}
			}
		})
	}
	t.Run("query", func(t *testing.T) {
		for range 200 {
			query := ""
			for _, b := range []byte(noise(random.IntN(40))) {
				query += fmt.Sprintf("%%%02x", b)
			}
			a := send(t, http.MethodGet, api+"room?token="+query, "")
			if a.status != 400 {
				t.Fatalf("%d %s to token=%s", a.status, a.body, query)
			}
		}
	})
}

func TestOtherOriginsMayCall(t *testing.T) {
	preflight := send(t, http.MethodOptions, api+"room", "", "Origin", "https://shop.example",
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "content-type")
	allowed := strings.ToLower(preflight.header.Get("Access-Control-Allow-Headers"))
	if preflight.status/100 != 2 || preflight.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(allowed, "content-type") {
		t.Errorf("preflight: %d %v", preflight.status, preflight.header)
	}
	a := send(t, http.MethodGet, api+"room?token=nobody", "", "Origin", "https://shop.example")
	if a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("answer: %v", a.header)
	}
}
