package mail

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

func delivery(language, kind string) survey.Delivery {
	return survey.Delivery{
		Kind: kind, Language: language, Link: "https://chat.example.com/s/code",
		Survey:   livechat.Survey{ExpiresAt: 1_796_000_000_000}, // 30 November 2026
		Visitor:  livechat.Visitor{Name: "Mary", Emails: []livechat.Email{{Address: "mary@example.com"}}},
		Settings: livechat.DeliverySettings{Sender: "Example Ltd", MailFrom: "chat@example.com"},
	}
}

func TestEveryLanguageHasEveryWord(t *testing.T) {
	for _, language := range livechat.Languages {
		value := reflect.ValueOf(texts[language])
		for i := range value.NumField() {
			if value.Field(i).IsZero() {
				t.Errorf("%s has no %s", language, value.Type().Field(i).Name)
			}
		}
		for _, kind := range []string{livechat.Invitation, livechat.Reminder} {
			m, err := Render(delivery(language, kind))
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"subject": m.Subject, "text": m.Text, "html": m.HTML} {
				if strings.Contains(text, "%!") || !strings.Contains(text, "Example Ltd") {
					t.Errorf("%s %s, %s: %s", language, kind, name, text)
				}
			}
			for _, text := range []string{m.Text, m.HTML} {
				if !strings.Contains(text, "https://chat.example.com/s/code") || !strings.Contains(text, "Mary") || !strings.Contains(text, "30") {
					t.Errorf("%s %s: %s", language, kind, text)
				}
			}
			if !strings.Contains(m.HTML, `<html lang="`+language+`">`) || strings.Count(m.HTML, "?score=") != 5 {
				t.Errorf("html %s", m.HTML)
			}
		}
	}
}

func TestReminderIsAnotherMail(t *testing.T) {
	first, err := Render(delivery("en", livechat.Invitation))
	if err != nil {
		t.Fatal(err)
	}
	second, err := Render(delivery("en", livechat.Reminder))
	if err != nil || first.Subject == second.Subject || first.Text == second.Text {
		t.Errorf("%q and %q (%v)", first.Subject, second.Subject, err)
	}
}

func TestNamesCannotBreakTheMail(t *testing.T) {
	for _, name := range []string{"<script>alert(1)</script>", "a\r\nBcc: all@example.com", strings.Repeat("x", 5000), "\x00\xff", `"><img src=x>`} {
		d := delivery("en", livechat.Invitation)
		d.Visitor.Name, d.Settings.Sender = name, name
		m, err := Render(d)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(m.Subject, "\r\n") || strings.Contains(m.Text, "\nBcc") || strings.Contains(m.HTML, "<script") || strings.Contains(m.HTML, "<img") || len(m.HTML) > 6000 {
			t.Errorf("%.20q: %q\n%s", name, m.Subject, m.HTML)
		}
	}
}

func TestWhatErrorsMean(t *testing.T) {
	for code, want := range map[string]survey.Fault{
		"TooManyRequestsException": survey.Busy, "LimitExceededException": survey.Busy,
		"MessageRejected": survey.Permanent, "BadRequestException": survey.Permanent,
		"MailFromDomainNotVerifiedException": survey.Temporary, "InternalServiceErrorException": survey.Temporary,
	} {
		got := fault(&smithy.GenericAPIError{Code: code, Message: "Address mary@example.com is not known"})
		if got.Fault != want || strings.Contains(got.Text, "mary") || !strings.Contains(got.Text, code) {
			t.Errorf("%s: %+v", code, got)
		}
	}
	if got := fault(errors.New("dial tcp: refused")); got.Fault != survey.Temporary {
		t.Errorf("%+v", got)
	}
}
