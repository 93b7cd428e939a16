package laptop

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"livechat/infra/test/blackbox/target"
)

// TestMailsThatComeBackEndTheMails checks that an address gets no more surveys after a
// mail bounced or its reader complained, whichever visitor has the address, and with any
// tag.
func TestMailsThatComeBackEndTheMails(t *testing.T) {
	for name, c := range map[string]struct{ first, second, reason string }{
		"bounce":    {"bounce@one.example.net", "bounce+2@one.example.net", "undeliverable"},
		"complaint": {"complain+1@two.example.net", "complain@two.example.net", "unsubscribed"},
	} {
		t.Run(name, func(t *testing.T) {
			before := skipped(t, c.reason)
			system.MailSurvey(t, c.first)
			system.MailSurvey(t, c.second)
			if n := mailsTo(t, c.first); n != 1 {
				t.Errorf("%d mails to the first address", n)
			}
			if n := mailsTo(t, c.second); n != 0 {
				t.Errorf("%d mails to the second address", n)
			}
			if n := skipped(t, c.reason); n != before+1 {
				t.Errorf("%v surveys were skipped as %s, want %v", n, c.reason, before+1)
			}
		})
	}
	letters := system.Send(t, http.MethodGet, "/_local/dead-letters", "")
	if strings.Contains(letters.Body, "MailFeedbackFunction") {
		t.Errorf("dead letters: %s", letters.Body)
	}
}

func mailsTo(t *testing.T, address string) (n int) {
	t.Helper()
	var box struct{ Messages []struct{ To string } }
	if err := json.Unmarshal([]byte(system.Send(t, http.MethodGet, "/_local/outbox", "").Body), &box); err != nil {
		t.Fatal(err)
	}
	for _, m := range box.Messages {
		if m.To == address {
			n++
		}
	}
	return n
}

// skipped returns how many surveys were skipped for the reason, over the last days of the
// clock.
func skipped(t *testing.T, reason string) float64 {
	t.Helper()
	var clock struct{ Now time.Time }
	if err := json.Unmarshal([]byte(system.Send(t, http.MethodGet, "/_local/clock", "").Body), &clock); err != nil {
		t.Fatal(err)
	}
	query := "?from=" + clock.Now.AddDate(0, 0, -7).Format(time.DateOnly) + "&to=" + clock.Now.AddDate(0, 0, 1).Format(time.DateOnly)
	var report struct {
		Total struct{ Skipped map[string]float64 }
	}
	a := system.Send(t, http.MethodGet, target.API+"survey.report"+query, "", target.Manager...)
	if err := json.Unmarshal([]byte(a.Body), &report); err != nil || a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	return report.Total.Skipped[reason]
}
