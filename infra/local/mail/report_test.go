package mail

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"livechat/infra/local/template"
	"livechat/shared/livechat"
	"livechat/shared/survey"
	"livechat/shared/survey/feedback"
	ses "livechat/shared/survey/mail"
)

// addresses maps the hashes of addresses to the reasons why they get no more mails.
type addresses map[string]string

func (a addresses) EndMails(_ context.Context, hash string, end livechat.MailsEnd) error {
	a[hash] = end.Reason
	return nil
}

// TestMailsThatComeBack checks that the service's own function accepts the events of
// bounces and complaints.
func TestMailsThatComeBack(t *testing.T) {
	for to, want := range map[string]string{
		"bounce@example.net": livechat.EndBounced, "bounce+7@example.net": livechat.EndBounced,
		"complain@example.net": livechat.EndComplained, "mary@example.net": "",
	} {
		t.Run(to, func(t *testing.T) {
			m, api := open(t)
			var events [][]byte
			m.o.Publish = func(event []byte) { events = append(events, event) }
			if err := ses.New(api, "Mails").Deliver(t.Context(), delivery(to, "chat@example.com")); err != nil {
				t.Fatal(err)
			}
			if len(m.Mails()) != 1 {
				t.Errorf("%d mails", len(m.Mails()))
			}
			if want == "" {
				if len(events) != 0 {
					t.Errorf("published %s", events)
				}
				return
			}
			if len(events) != 1 {
				t.Fatalf("%d events", len(events))
			}
			var e feedback.Event
			if err := json.Unmarshal(events[0], &e); err != nil {
				t.Fatal(err)
			}
			ended := addresses{}
			if _, err := feedback.Take(t.Context(), ended, e); err != nil || ended[livechat.AddressHash(to)] != want || !e.Time.Equal(now) {
				t.Errorf("%v (%v) of %s", ended, err, events[0])
			}
		})
	}
}

func TestReportsNeedAConfigurationSetThatSendsThem(t *testing.T) {
	m, api := open(t)
	m.o.Publish = func(event []byte) { t.Errorf("published %s", event) }
	for _, set := range []string{"", "Silent"} {
		if err := ses.New(api, set).Deliver(t.Context(), delivery("bounce@example.net", "chat@example.com")); err != nil {
			t.Error(err)
		}
	}
	refused := func(api *ses.SES, says string) {
		t.Helper()
		err := api.Deliver(t.Context(), delivery("bounce@example.net", "chat@example.com"))
		if known, ok := errors.AsType[*survey.DeliveryError](err); !ok || !strings.Contains(known.Text, says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
	refused(ses.New(api, "Unknown"), "NotFoundException")
	_, noRight := openFor(t, template.Statement{
		Allow: true, Actions: []string{"ses:SendEmail"}, Resources: []string{template.IdentityARN("example.com")},
	})
	refused(ses.New(noRight, "Mails"), "AccessDeniedException")
}
