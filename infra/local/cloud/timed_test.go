package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// read decodes a JSON answer of the console.
func read(t *testing.T, c *Cloud, path string, into any) {
	t.Helper()
	if _, body := get(t, c.URL()+"/_local/"+path); json.Unmarshal([]byte(body), into) != nil {
		t.Fatalf("%s: %s", path, body)
	}
}

func post(t *testing.T, c *Cloud, path, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(c.URL()+"/_local/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestTimedCloud(t *testing.T) {
	o := options(t)
	o.Root = "testdata/timed"
	c, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()

	for path, want := range map[string]string{"dead-letters": `{"deadLetters":[]}`, "outbox": `{"messages":[]}`, "hook": `{"deliveries":[]}`} {
		if _, body := get(t, c.URL()+"/_local/"+path); body != want+"\n" {
			t.Errorf("%s is not empty: %s", path, body)
		}
	}
	// First move the clock back to a time that is not close to the next full minute.
	post(t, c, "clock", `{"set":"2026-01-02T03:10:30Z"}`)
	post(t, c, "clock", `{"advance":"1h"}`)
	var outbox struct {
		Messages []struct{ To, Subject, Text, At string }
	}
	read(t, c, "outbox", &outbox)

	t.Run("due schedules have run, on time and in order", func(t *testing.T) {
		if n := len(outbox.Messages); n != 60 {
			t.Fatalf("%d mails", n)
		}
		for i, m := range outbox.Messages {
			due, err := time.Parse(time.RFC3339, m.Subject)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, m.At)
			if err != nil {
				t.Fatal(err)
			}
			if late := at.Sub(due); late < 0 || late > 30*time.Second {
				t.Errorf("the mail due at %s was sent at %s", m.Subject, m.At)
			}
			if i > 0 && outbox.Messages[i-1].Subject >= m.Subject {
				t.Errorf("%s after %s", m.Subject, outbox.Messages[i-1].Subject)
			}
		}
	})
	t.Run("mails and webhooks stay on the laptop", func(t *testing.T) {
		port := c.listeners.port
		if want := fmt.Sprintf("localhost:%d,127.0.0.1:%d", port, port); outbox.Messages[0].Text != want {
			t.Errorf("SURVEY_WEBHOOK_ALLOW is %q, want %q", outbox.Messages[0].Text, want)
		}
		var hook struct{ Deliveries []struct{ Path, Body string } }
		read(t, c, "hook", &hook)
		if len(hook.Deliveries) < 60 || hook.Deliveries[0].Path != "/_local/hook/told" || hook.Deliveries[0].Body != outbox.Messages[0].Subject {
			t.Errorf("%d deliveries: %+v", len(hook.Deliveries), hook.Deliveries)
		}
	})
	t.Run("a run whose retries all fail becomes a dead letter", func(t *testing.T) {
		var dead struct {
			DeadLetters []struct {
				Schedule, Function, Error string
				Event                     struct{ To string }
			}
		}
		read(t, c, "dead-letters", &dead)
		if len(dead.DeadLetters) != 1 {
			t.Fatalf("dead letters %+v", dead)
		}
		if l := dead.DeadLetters[0]; l.Schedule != "Hour" || l.Function != "TellsFunction" || l.Event.To != "reject@example.net" || !strings.Contains(l.Error, "MessageRejected") {
			t.Errorf("dead letter %+v", l)
		}
	})
	t.Run("mails need grants, like database calls", func(t *testing.T) {
		status, body := post(t, c, "invoke/TellsFunction", `{"time":"x","to":"mary@example.net","from":"Eve <eve@example.org>"}`)
		if status != http.StatusBadGateway || !strings.Contains(body, "AccessDeniedException") {
			t.Errorf("%d %s", status, body)
		}
		var got struct {
			Functions map[string]struct{ Granted, Used, Refused []string }
		}
		read(t, c, "permissions", &got)
		want := struct{ Granted, Used, Refused []string }{
			[]string{"ses:SendEmail identity/example.com"}, []string{"ses:SendEmail identity/example.com"}, []string{"ses:SendEmail identity/example.org"},
		}
		if d := cmp.Diff(want, got.Functions["TellsFunction"]); d != "" {
			t.Error(d)
		}
	})
	t.Run("a schedule can be run now", func(t *testing.T) {
		var clock struct{ Now string }
		read(t, c, "clock", &clock)
		status, body := post(t, c, "invoke/TellsFunction", "")
		if status != 200 || body < `"`+clock.Now[:19] {
			t.Errorf("%d %s at %s", status, body, clock.Now)
		}
	})
	t.Run("schedules report their runs", func(t *testing.T) {
		var got struct {
			Schedules []struct {
				Name       string
				Next, Last time.Time
				Runs       int
			}
		}
		read(t, c, "schedules", &got)
		if len(got.Schedules) != 2 || got.Schedules[0].Runs < 60 || got.Schedules[1].Runs != 1 || got.Schedules[1].Next.Sub(got.Schedules[1].Last) != time.Hour {
			t.Errorf("%+v", got)
		}
	})
}
