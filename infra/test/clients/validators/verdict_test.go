package validators

import (
	"encoding/json"
	"livechat/shared/httpapi"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// verdict is the result of a request: accepted or refused, and for a body the error text.
// The error texts of refused queries are published differently, so only the refusal
// counts.
type verdict string

const (
	accepted verdict = "accepted"
	refused  verdict = "refused"
)

type failer interface {
	Helper()
	Fatalf(format string, a ...any)
}

// ours returns the verdict of the call's handler. Its store has no visitors, so a request
// that finds nobody counts as accepted.
func (c call) ours(t failer, r request) verdict {
	t.Helper()
	target := c.path
	if target == "" {
		target = "/"
	}
	if r.query != nil {
		target += "?" + r.rawQuery()
	}
	sent := httptest.NewRequest(c.method, target, strings.NewReader(r.body))
	sent.SetPathValue("rid", "room")
	sent.SetPathValue("_id", "message")
	sent.Header.Set("X-User-Id", userID)
	sent.Header.Set("X-Auth-Token", authToken)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, sent.WithContext(httpapi.WithTime(sent.Context(), time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC))))
	var answer struct{ Error, ErrorType string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: not JSON: %s", c.name, w.Body)
	}
	switch {
	case w.Code != http.StatusOK && w.Code != http.StatusBadRequest:
		t.Fatalf("%s answers %d %s to %v", c.name, w.Code, w.Body, r)
	case answer.ErrorType == "invalid-json":
		t.Fatalf("%s rejects the JSON %s", c.name, r.body)
	case answer.ErrorType == "invalid-params" && r.body != "":
		return verdict(strings.TrimSuffix(answer.Error, " [invalid-params]"))
	case answer.ErrorType == "invalid-params", strings.HasPrefix(answer.Error, "Match error: "), answer.Error == "error-token-param-not-provided":
		return refused
	}
	return accepted
}
