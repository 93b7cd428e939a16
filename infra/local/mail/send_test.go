package mail

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

// input returns a mail that SES accepts, modified by change.
func input(change func(*sesv2.SendEmailInput)) *sesv2.SendEmailInput {
	in := &sesv2.SendEmailInput{
		FromEmailAddress: aws.String("Chat <chat@example.com>"),
		Destination:      &types.Destination{ToAddresses: []string{"mary@example.net"}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: aws.String("How was it?")},
			Body:    &types.Body{Text: &types.Content{Data: aws.String("Tell us.")}},
		}},
	}
	if change != nil {
		change(in)
	}
	return in
}

func TestWhatSESDoesNotTake(t *testing.T) {
	tests := map[string]struct {
		change     func(*sesv2.SendEmailInput)
		code, says string
	}{
		"no sender":        {func(in *sesv2.SendEmailInput) { in.FromEmailAddress = nil }, "BadRequestException", "From"},
		"nobody":           {func(in *sesv2.SendEmailInput) { in.Destination.ToAddresses = nil }, "BadRequestException", "has no address"},
		"a broken address": {func(in *sesv2.SendEmailInput) { in.Destination.ToAddresses[0] = "mary" }, "BadRequestException", "Invalid recipient: mary"},
		"a copy":           {func(in *sesv2.SendEmailInput) { in.Destination.CcAddresses = []string{"all@example.net"} }, "BadRequestException", "copies"},
		"a raw message": {func(in *sesv2.SendEmailInput) {
			in.Content = &types.EmailContent{Raw: &types.RawMessage{Data: []byte("x")}}
		}, "BadRequestException", "Content.Simple"},
		"no subject": {func(in *sesv2.SendEmailInput) { in.Content.Simple.Subject.Data = aws.String("") }, "BadRequestException", "Subject"},
		"no body":    {func(in *sesv2.SendEmailInput) { in.Content.Simple.Body.Text = nil }, "BadRequestException", "Body"},
		"too long": {func(in *sesv2.SendEmailInput) {
			in.Content.Simple.Body.Text.Data = aws.String(strings.Repeat("x", maxMail))
		}, "BadRequestException", "Message length"},
		"one is rejected": {func(in *sesv2.SendEmailInput) {
			in.Destination.ToAddresses = []string{"mary@example.net", "R <reject@example.net>"}
		}, "MessageRejected", "R <reject@example.net>"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, api := open(t)
			_, err := api.SendEmail(t.Context(), input(tt.change))
			known, ok := errors.AsType[smithy.APIError](err)
			if !ok || known.ErrorCode() != tt.code || !strings.Contains(known.ErrorMessage(), tt.says) {
				t.Errorf("%v", err)
			}
			if len(m.Mails()) != 0 {
				t.Error("the mail arrived anyway")
			}
		})
	}
}

func TestWhoMaySendFromWhere(t *testing.T) {
	grant := func(identity string, condition map[string]map[string][]string) template.Statement {
		return template.Statement{
			Allow: true, Actions: []string{"ses:SendEmail"}, Resources: []string{template.IdentityARN(identity)}, Condition: condition,
		}
	}
	from := func(operator, pattern string) map[string]map[string][]string {
		return map[string]map[string][]string{operator: {"ses:FromAddress": {pattern}}}
	}
	denied := grant("chat@example.com", nil)
	denied.Allow = false
	tests := map[string]struct {
		statements    []template.Statement
		used, refused []string
	}{
		"the domain":                {[]template.Statement{grant("example.com", nil)}, []string{"ses:SendEmail identity/example.com"}, []string{}},
		"the address":               {[]template.Statement{grant("chat@example.com", nil)}, []string{"ses:SendEmail identity/chat@example.com"}, []string{}},
		"another domain":            {[]template.Statement{grant("example.org", nil)}, []string{}, []string{"ses:SendEmail identity/example.com"}},
		"nothing":                   {nil, []string{}, []string{"ses:SendEmail identity/example.com"}},
		"the domain from a pattern": {[]template.Statement{grant("example.com", from("StringLike", "chat@*"))}, []string{"ses:SendEmail identity/example.com chat@*"}, []string{}},
		"from one address":          {[]template.Statement{grant("*", from("StringEquals", "chat@example.com"))}, []string{"ses:SendEmail identity/example.com chat@example.com"}, []string{}},
		"from another address":      {[]template.Statement{grant("example.com", from("StringEquals", "news@example.com"))}, []string{}, []string{"ses:SendEmail identity/example.com"}},
		"a denied address":          {[]template.Statement{grant("example.com", nil), denied}, []string{}, []string{"ses:SendEmail identity/chat@example.com"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, api := openFor(t, tt.statements...)
			_, err := api.SendEmail(t.Context(), input(nil))
			if allowed := len(tt.refused) == 0; allowed != (err == nil) || allowed != (len(m.Mails()) == 1) {
				t.Errorf("%v, %d mails", err, len(m.Mails()))
			}
			if known, ok := errors.AsType[smithy.APIError](err); err != nil && (!ok || known.ErrorCode() != "AccessDeniedException" ||
				!strings.HasPrefix(known.ErrorMessage(), "User: arn:aws:sts::123456789012:assumed-role/Send-role/Send is not authorized to perform: ses:SendEmail on resource: arn:aws:ses:us-east-1:123456789012:identity/")) {
				t.Errorf("%v", err)
			}
			got := m.o.Roles.Permissions()["Send"]
			got.Granted = nil
			if d := cmp.Diff(iam.Permissions{Used: tt.used, Refused: tt.refused}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestMailboxKeepsTheLatest(t *testing.T) {
	m, _ := open(t)
	for range maxMails + 2 {
		m.keep(Mail{})
	}
	if mails := m.Mails(); len(mails) != maxMails || mails[0].ID != "3" {
		t.Errorf("%d mails from number %s on", len(mails), mails[0].ID)
	}
	if _, existing := m.Mail("2"); existing {
		t.Error("an old mail is still kept")
	}
}
