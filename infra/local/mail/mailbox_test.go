package mail

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"livechat/infra/local/iam"
	"livechat/infra/local/template"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
	ses "livechat/shared/survey/mail"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func open(t *testing.T) (*Mailbox, *sesv2.Client) {
	t.Helper()
	return openFor(t, template.Statement{
		Allow: true, Actions: []string{"ses:SendEmail"}, Resources: []string{template.IdentityARN("example.com"), template.ConfigurationSetARN("*")},
	})
}

// openFor starts a mailbox with one sending function, whose role has the statements.
func openFor(t *testing.T, statements ...template.Statement) (*Mailbox, *sesv2.Client) {
	t.Helper()
	roles, err := iam.New(map[string][]template.Statement{"Send": statements}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Start(Options{
		Now: func() time.Time { return now }, Roles: roles,
		ConfigurationSets: map[string][]string{"Mails": {"bounce", "complaint"}, "Silent": nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m, sesv2.New(sesv2.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(m.Endpoint("Send")),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "x", SecretAccessKey: "x"}, nil
		}),
		RetryMaxAttempts: 1,
	})
}

func delivery(to, from string) survey.Delivery {
	return survey.Delivery{
		ID: "survey_1", Kind: livechat.Invitation, Language: "en", Link: "https://chat.example.com/s/code",
		Visitor:  livechat.Visitor{Name: "Mary", Emails: []livechat.Email{{Address: to}}},
		Settings: settings.Delivery{Sender: "Müller & Co", MailFrom: from},
	}
}

// TestRealClientDeliversHere sends a mail as the service does, with package ses and the
// SDK's client.
func TestRealClientDeliversHere(t *testing.T) {
	m, api := open(t)
	if err := ses.New(api, "").Deliver(t.Context(), delivery("mary@example.net", "chat@example.com")); err != nil {
		t.Fatal(err)
	}
	mails := m.Mails()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	got := mails[0]
	if got.To != "mary@example.net" || !strings.Contains(got.From, "<chat@example.com>") || got.Subject == "" || !got.At.Equal(now) ||
		!strings.Contains(got.Text, "/s/code") || !strings.Contains(got.HTML, "/s/code") {
		t.Errorf("mail %+v", got)
	}
	want := map[string]string{
		"List-Unsubscribe": "<https://chat.example.com/s/code>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "X-Entity-Ref-ID": "survey_1",
	}
	for _, h := range got.Headers {
		if value, wanted := want[h.Name]; wanted && value == h.Value {
			delete(want, h.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("missing headers: %v, got %v", want, got.Headers)
	}
	m.Empty()
	if len(m.Mails()) != 0 {
		t.Error("the mailbox is not empty")
	}
}

func TestFailuresAreWhatSESSays(t *testing.T) {
	for name, tc := range map[string]struct {
		to, from string
		fault    survey.Fault
		says     string
	}{
		"busy":            {"throttle@example.net", "chat@example.com", survey.Busy, "TooManyRequestsException"},
		"rejected":        {"reject@example.net", "chat@example.com", survey.Permanent, "MessageRejected"},
		"not its address": {"mary@example.net", "chat@example.org", survey.Temporary, "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			m, api := open(t)
			err := ses.New(api, "").Deliver(t.Context(), delivery(tc.to, tc.from))
			known, ok := errors.AsType[*survey.DeliveryError](err)
			if !ok || known.Fault != tc.fault || !strings.Contains(known.Text, tc.says) || strings.Contains(known.Text, "@") {
				t.Errorf("%+v", err)
			}
			if len(m.Mails()) != 0 {
				t.Error("the mail arrived anyway")
			}
		})
	}
}

func TestMailWithoutRecipientIsRefused(t *testing.T) {
	_, api := open(t)
	_, err := api.SendEmail(t.Context(), &sesv2.SendEmailInput{
		FromEmailAddress: aws.String("chat@example.com"), Content: &types.EmailContent{},
	})
	if known, ok := errors.AsType[smithy.APIError](err); !ok || known.ErrorCode() != "BadRequestException" {
		t.Errorf("%v", err)
	}
}
