package target

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Answer is one HTTP response of the system under test.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Want fails the test unless the answer has the given status, and a body that equals the
// given JSON. White space and the order of members do not matter.
func (a Answer) Want(t testing.TB, status int, body string) {
	t.Helper()
	a.WantStatus(t, status)
	if diff := cmp.Diff(Parse(t, body), Parse(t, a.Body)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// WantStatus compares only the status.
func (a Answer) WantStatus(t testing.TB, status int) {
	t.Helper()
	if a.Status != status {
		t.Errorf("status %d, want %d: %s", a.Status, status, a.Body)
	}
}

// Member returns a member of the answer by its path.
func (a Answer) Member(t testing.TB, path ...string) any {
	t.Helper()
	return Member(t, a.Body, path...)
}

// Parse returns a JSON text as plain values.
func Parse(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("not JSON: %v: %s", err, text)
	}
	return value
}

// Member returns a member of a JSON object by its path.
func Member(t testing.TB, text string, path ...string) any {
	t.Helper()
	value := Parse(t, text)
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no member %v in %s", path, text)
		}
		value = object[name]
	}
	return value
}
