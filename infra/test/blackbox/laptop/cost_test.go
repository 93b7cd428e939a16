package laptop

import (
	"testing"
	"time"

	"livechat/infra/tools/cost"
)

// progress logs the steps.
type progress struct{ t *testing.T }

func (p progress) Write(text []byte) (int, error) {
	p.t.Logf("%s %s", time.Now().Format(time.TimeOnly), text)
	return len(text), nil
}

// TestEveryRouteIsMeasured runs everything that make bench-cost does, with less data, but
// with more than one call may read. It fails if a route has no typical or no worst case,
// if a typical request is refused, or if a request exceeds its cost limit.
func TestEveryRouteIsMeasured(t *testing.T) {
	moveClock(t, "set", time.Now())
	if err := system.Store().SetSetting(t.Context(), "customFields", "", cost.CustomFields); err != nil {
		t.Fatal(err)
	}
	results, err := cost.NewClient(system.URL).Run(t.Context(), cost.Options{
		Sizes: cost.Sizes{Texts: 40, Edits: 30, Rooms: 30}, Chats: 4, AtOnce: 2, Progress: progress{t},
	})
	if err != nil {
		t.Fatal(err)
	}
	if results.One.Requests != 24 || results.Spent.Requests != 4*24 {
		t.Errorf("the chats made %d and %d calls, want 24 and 96", results.One.Requests, results.Spent.Requests)
	}
	for _, over := range results.Exceeding() {
		t.Error(over)
	}
	for _, m := range results.Requests {
		if m.Status >= 500 {
			t.Errorf("%s, %s: %d %s", m.Route, m.Case, m.Status, m.Body)
		}
	}
}
