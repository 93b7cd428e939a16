package laptop

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/template"
)

var eventsFolder = filepath.Join(root, "infra", "events")

func TestEveryFunctionHasOneSampleEvent(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(eventsFolder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, f := range readTemplate(t).Functions {
		want = append(want, eventOf(f))
	}
	slices.Sort(want)
	slices.Sort(files)
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("events (-functions +files):\n%s", diff)
	}
}

// TestSampleEventsAreAnswered follows the template's order, in which a visitor is
// registered before one is deleted.
func TestSampleEventsAreAnswered(t *testing.T) {
	for _, f := range readTemplate(t).Functions {
		t.Run(f.ID, func(t *testing.T) {
			text, err := os.ReadFile(eventOf(f))
			if err != nil {
				t.Fatal(err)
			}
			var event struct{ RouteKey string }
			if err := json.Unmarshal(text, &event); err != nil {
				t.Fatal(err)
			}
			a := system.Send(t, http.MethodPost, "/_local/invoke/"+f.ID, string(text))
			a.WantStatus(t, 200)
			if len(f.Routes) == 0 {
				return // its result has no fixed form
			}
			if event.RouteKey != f.Routes[0].Key() {
				t.Errorf("the event's route is %q, the function's routes are %v", event.RouteKey, f.Routes)
			}
			if status := a.Member(t, "statusCode"); status != 200.0 {
				t.Errorf("answered %v: %s", status, a.Body)
			}
		})
	}
}

func eventOf(f template.Function) string {
	return filepath.Join(eventsFolder, filepath.Base(f.Code)+".json")
}
