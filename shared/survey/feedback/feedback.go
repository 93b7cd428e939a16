// Package feedback takes Amazon SES's events about survey mails that came back: bounces and
// complaints. Inside: the event, and what it means for the address. Not inside: sending, see
// package mail; what keeps further mails from an address, see package store.
package feedback

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"livechat/shared/function"
	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// Event is what EventBridge delivers when SES learns what became of a mail (detail-type
// "Email Bounced" or "Email Complaint Received"). It has more members than are used.
type Event struct {
	Time   time.Time `json:"time"`
	Detail struct {
		Bounce *struct {
			// Type is Permanent, Transient or Undetermined.
			Type string `json:"bounceType"`
		} `json:"bounce"`
		Complaint *struct {
			// Type is what the mail provider reports, if anything, such as abuse.
			Type string `json:"complaintFeedbackType"`
		} `json:"complaint"`
		Mail struct {
			// Destination is the one address that the mail was sent to. Those in the report
			// can be others, which the mail was forwarded to.
			Destination []string `json:"destination"`
		} `json:"mail"`
	} `json:"detail"`
}

// Addresses ends the mails to an address.
type Addresses interface {
	EndMails(ctx context.Context, addressHash string, end livechat.MailsEnd) error
}

// Result counts the addresses that get no more surveys.
type Result struct {
	Bounced    int `json:"bounced"`
	Complained int `json:"complained"`
}

// Start takes an event whenever the function is woken, until Lambda ends the process. Each
// of prime is run first, see [function.Prepare].
func Start(addresses Addresses, prime ...func(context.Context)) {
	function.Prepare(prime...)
	lambda.Start(func(ctx context.Context, event Event) (Result, error) {
		return function.Run(ctx, func(ctx context.Context) (Result, error) { return Take(ctx, addresses, event) })
	})
}

// Take ends the mails to the address that the event is about, if the mail bounced for good or
// its reader complained. An event that comes again changes nothing more.
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

// reason returns why the address gets no more surveys; "" if it does. A full mailbox or an
// unreachable server (a transient bounce) may take the next mail, and a reader who says
// "not spam" does not complain.
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
