package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// TestErrorOfAnUnknownKindIsAFault covers a kind that the map of statuses lacks: the
// caller gets a 500 that does not show the error's text.
func TestErrorOfAnUnknownKindIsAFault(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	httpapi.WriteError(w, r, &livechat.Error{Kind: -1, Text: "secret"})
	want := `{"success":false,"error":"Internal server error"}`
	if got := w.Body.String(); w.Code != http.StatusInternalServerError || got != want {
		t.Errorf("got %d %s, want 500 %s", w.Code, got, want)
	}
}
