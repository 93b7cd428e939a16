package api_test

import (
	"encoding/base64"
	"net/http"
	"testing"
)

// TestReportOfDaysThatNothingIsOf checks that a report can cover days without data, and
// that a cursor outside the requested days is refused.
func TestReportOfDaysThatNothingIsOf(t *testing.T) {
	c := newChat(t)
	report := func(query string) request {
		return request{handler: c.report, method: http.MethodGet, query: query, header: as("boss")}
	}
	cursor := func(to string) string { return base64.RawURLEncoding.EncodeToString([]byte(to)) }
	for _, query := range []string{"from=6840-08-27", "to=1999-01-01"} {
		if w := c.do(report(query)); w.Code >= http.StatusInternalServerError {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	outside := refusal("cursor must be what nextComments said [error-invalid-cursor]", "error-invalid-cursor")
	for _, to := range []string{"\x10", "2026-10-31#x", "2026-11-24#x", "z"} {
		wantAnswer(t, c.do(report("from=2026-11-01&to=2026-11-23&cursor="+cursor(to))), 400, outside)
	}
	if w := c.do(report("from=2026-11-01&to=2026-11-23&cursor=" + cursor("2026-11-23#x"))); w.Code != http.StatusOK {
		t.Errorf("a cursor within the days: %d %s", w.Code, w.Body)
	}
}
