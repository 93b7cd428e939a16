// Package feedback handles Amazon SES's bounce and complaint events of survey mails.
// Package mail sends the mails, and package store blocks further mails to an address.
package feedback

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"livechat/shared/function"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// Event is the EventBridge event of SES with detail-type "Email Bounced" or "Email
// Complaint Received". Unused members are left out.
type Event struct {
	Time   time.Time `json:"time"`
	Detail struct {
		Bounce *struct {
			// Type is Permanent, Transient or Undetermined.
			Type string `json:"bounceType"`
		} `json:"bounce"`
		Complaint *struct {
			// Type is the mail provider's reason, for example "abuse". It may be empty.
			Type string `json:"complaintFeedbackType"`
		} `json:"complaint"`
		Mail struct {
			// Destination is the one address to which the mail was sent. Other parts of
			// the event can name addresses to which the mail was forwarded.
			Destination []string `json:"destination"`
		} `json:"mail"`
	} `json:"detail"`
}

// Addresses lists the store methods that feedback uses.
type Addresses interface {
	EndMails(ctx context.Context, addressHash string, end livechat.MailsEnd) error
}

// Result counts the addresses that get no more surveys.
type Result struct {
	Bounced    int `json:"bounced"`
	Complained int `json:"complained"`
}

// Start handles one event per invocation until Lambda ends the process. It runs each of
// prime first, see [function.Prepare].
func Start(addresses Addresses, prime ...func(context.Context)) {
	function.Prepare(prime...)
	lambda.Start(func(ctx context.Context, event Event) (Result, error) {
		return function.Run(ctx, func(ctx context.Context) (Result, error) { return Take(ctx, addresses, event) })
	})
}

// Take ends the mails to the event's address if the mail bounced permanently or its reader
// complained. A repeated event changes nothing.
func Take(ctx context.Context, addresses Addresses, event Event) (Result, error) {
	var result Result
	reason := event.reason()
	if reason == "" {
		return result, nil
	}
	end := livechat.MailsEnd{At: livechat.At(event.Time), Reason: reason}
	for _, address := range event.Detail.Mail.Destination {
		if err := addresses.EndMails(ctx, livechat.AddressHash(address), end); err != nil {
			return result, err
		}
		if reason == livechat.EndBounced {
			result.Bounced++
		} else {
			result.Complained++
		}
	}
	telemetry.Record(telemetry.SurveyMailsBounced, float64(result.Bounced))
	telemetry.Record(telemetry.SurveyMailsComplained, float64(result.Complained))
	return result, nil
}

// reason returns why the address gets no more surveys, or "" if it still gets them. After
// a transient bounce, from a full mailbox or an unreachable server, the next mail may
// arrive. A report of type "not-spam" is not a complaint.
func (e Event) reason() string {
	switch {
	case e.Detail.Complaint != nil && e.Detail.Complaint.Type != "not-spam":
		return livechat.EndComplained
	case e.Detail.Bounce != nil && e.Detail.Bounce.Type == "Permanent":
		return livechat.EndBounced
	default:
		return ""
	}
}
