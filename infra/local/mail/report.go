package mail

import (
	"encoding/json"
	"slices"
	"time"

	"livechat/infra/local/template"
)

// report publishes a bounce or complaint event if the recipient simulates one and the
// configuration set sends such events.
func (m *Mailbox) report(set string, mail Mail, to string) {
	kind, title, detail := "", "", map[string]any{}
	switch mailboxOf(to) {
	case "bounce":
		kind, title = "bounce", "Email Bounced"
		detail["eventType"] = "Bounce"
		detail["bounce"] = map[string]any{
			"feedbackId": "feedback-" + mail.ID, "bounceType": "Permanent", "bounceSubType": "General", "timestamp": stamp(mail.At),
			"bouncedRecipients": []any{map[string]any{
				"emailAddress": to, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown",
			}},
			"reportingMTA": "dns; laptop.example",
		}
	case "complain":
		kind, title = "complaint", "Email Complaint Received"
		detail["eventType"] = "Complaint"
		detail["complaint"] = map[string]any{
			"feedbackId": "feedback-" + mail.ID, "complaintFeedbackType": "abuse", "timestamp": stamp(mail.At),
			"complainedRecipients": []any{map[string]any{"emailAddress": to}}, "arrivalDate": stamp(mail.At),
		}
	}
	if !slices.Contains(m.o.ConfigurationSets[set], kind) {
		return
	}
	detail["mail"] = map[string]any{
		"timestamp": stamp(mail.At), "source": mail.From, "sendingAccountId": template.Account, "messageId": mail.ID,
		"destination": []any{to}, "headersTruncated": false, "headers": mail.Headers,
		"commonHeaders": map[string]any{"from": []any{mail.From}, "to": []any{to}, "subject": mail.Subject},
		"tags":          map[string]any{"ses:configuration-set": []any{set}},
	}
	event, err := json.Marshal(map[string]any{
		"version": "0", "id": "event-" + mail.ID, "detail-type": title, "source": "aws.ses",
		"account": template.Account, "time": mail.At.Format("2006-01-02T15:04:05Z"), "region": template.Region,
		"resources": []any{template.ConfigurationSetARN(set)}, "detail": detail,
	})
	if err != nil {
		panic(err) // the event consists of values that can be encoded
	}
	m.o.Publish(event)
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }
