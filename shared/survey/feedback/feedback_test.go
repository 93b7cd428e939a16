package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
)

// ended records ended mails by the hash of the address.
type ended map[string]livechat.MailsEnd

func (e ended) EndMails(_ context.Context, addressHash string, end livechat.MailsEnd) error {
	e[addressHash] = end
	return nil
}

type away struct{}

func (away) EndMails(context.Context, string, livechat.MailsEnd) error { return errors.New("away") }

func event(t *testing.T, detail string) Event {
	t.Helper()
	var e Event
	text := `{"version":"0","source":"aws.ses","time":"2026-11-23T12:00:00Z","detail":{` + detail + `,"mail":{"messageId":"1","destination":["Mary+1@example.com"]}}}`
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhichReportsEndTheMails(t *testing.T) {
	at := livechat.At(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		detail, reason string
		result         Result
	}{
		"permanent bounce": {
			`"eventType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"forwarded@example.net"}]}`,
			livechat.EndBounced, Result{Bounced: 1},
		},
		"transient bounce":    {`"eventType":"Bounce","bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull"}`, "", Result{}},
		"undetermined bounce": {`"eventType":"Bounce","bounce":{"bounceType":"Undetermined"}`, "", Result{}},
		"complaint":           {`"eventType":"Complaint","complaint":{"complaintFeedbackType":"abuse"}`, livechat.EndComplained, Result{Complained: 1}},
		"complaint, no type":  {`"eventType":"Complaint","complaint":{}`, livechat.EndComplained, Result{Complained: 1}},
		"not spam":            {`"eventType":"Complaint","complaint":{"complaintFeedbackType":"not-spam"}`, "", Result{}},
		"delivery":            {`"eventType":"Delivery","delivery":{}`, "", Result{}},
	} {
		t.Run(name, func(t *testing.T) {
			ends := ended{}
			result, err := Take(t.Context(), ends, event(t, c.detail))
			want := ended{}
			if c.reason != "" {
				want[livechat.AddressHash("mary@example.com")] = livechat.MailsEnd{At: at, Reason: c.reason}
			}
			if err != nil || result != c.result {
				t.Errorf("%+v %v", result, err)
			}
			if diff := cmp.Diff(want, ends); diff != "" {
				t.Errorf("ends (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReportIsTakenAgainIfItCouldNotBeWritten checks that a failed write is an error, so
// that Lambda repeats the invocation.
func TestReportIsTakenAgainIfItCouldNotBeWritten(t *testing.T) {
	if _, err := Take(t.Context(), away{}, event(t, `"bounce":{"bounceType":"Permanent"}`)); err == nil {
		t.Error("no error")
	}
}

// TestSampleEventIsOne checks that the sample event ends the mails to an address.
func TestSampleEventIsOne(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "infra", "events", "mail-feedback.json"))
	if err != nil {
		t.Fatal(err)
	}
	var e Event
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	if result, err := Take(t.Context(), ended{}, e); err != nil || result.Bounced != 1 {
		t.Errorf("%+v %v", result, err)
	}
}
