package mail

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"livechat/shared/env"
	"livechat/shared/env/credentials"
	"livechat/shared/survey"
)

// SES delivers through Amazon SES. It is safe for parallel use.
type SES struct {
	api *sesv2.Client
	// configurationSet names what SES reports bounces and complaints by; nil for nothing.
	configurationSet *string
	// off says why nothing can be sent; empty when it can.
	off string
}

// New returns one that uses the client, and the configuration set with that name; none if it
// is empty.
func New(api *sesv2.Client, configurationSet string) *SES {
	s := &SES{api: api}
	if configurationSet != "" {
		s.configurationSet = &configurationSet
	}
	return s
}

// FromEnvironment returns one with the credentials and the region that Lambda
// sets. On a laptop it needs the address of a mailbox: without one, a mail would
// reach somebody.
func FromEnvironment() *SES {
	endpoint := env.Optional("AWS_ENDPOINT_URL_SESV2")
	if endpoint == "" && env.Optional("AWS_SAM_LOCAL") != "" {
		return &SES{off: "no mailbox: AWS_ENDPOINT_URL_SESV2 is not set"}
	}
	options := sesv2.Options{
		Region:      env.Required("AWS_REGION"),
		Credentials: credentials.Lambda,
	}
	if endpoint != "" {
		options.BaseEndpoint = &endpoint
	}
	return New(sesv2.New(options, patience), env.Optional("MAIL_CONFIGURATION_SET"))
}

const (
	// deliveryTime is how long a delivery may take in all: less than a run keeps
	// for its last one.
	deliveryTime = 8 * time.Second
	// attemptTime is generous, for the message whose answer is not waited for is
	// sent again.
	attemptTime = 5 * time.Second
	attempts    = 3
	maxWait     = time.Second
)

// patience has the client slow down by itself when SES wants less a second.
func patience(o *sesv2.Options) {
	o.HTTPClient = awshttp.NewBuildableClient().WithTimeout(attemptTime)
	o.Retryer = pace{retry.NewAdaptiveMode(func(a *retry.AdaptiveModeOptions) {
		a.StandardOptions = append(a.StandardOptions, func(r *retry.StandardOptions) {
			r.MaxAttempts = attempts
			r.MaxBackoff = maxWait
		})
	})}
}

// pace tells who had to wait for their turn for too long from who did not reach
// SES.
type pace struct{ *retry.AdaptiveMode }

var errNoTurn = errors.New("no turn yet")

// GetAttemptToken waits for an attempt's turn.
func (p pace) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	release, err := p.AdaptiveMode.GetAttemptToken(ctx)
	if err != nil {
		return nil, errors.Join(errNoTurn, err)
	}
	return release, nil
}

// Deliver sends the message to the visitor's first address.
func (s *SES) Deliver(ctx context.Context, d survey.Delivery) error {
	if s.off != "" {
		return &survey.DeliveryError{Fault: survey.Permanent, Text: s.off}
	}
	if len(d.Visitor.Emails) == 0 {
		return &survey.DeliveryError{Fault: survey.Permanent, Text: "the visitor has no address"}
	}
	message, err := Render(d)
	if err != nil {
		return &survey.DeliveryError{Fault: survey.Permanent, Text: "the message cannot be written"}
	}
	utf8 := func(text string) *types.Content {
		return &types.Content{Data: &text, Charset: aws.String("UTF-8")}
	}
	header := func(name, value string) types.MessageHeader {
		return types.MessageHeader{Name: &name, Value: &value}
	}
	from := mail.Address{Name: oneLine(d.Settings.Sender, maxSender), Address: d.Settings.MailFrom}
	ctx, cancel := context.WithTimeout(ctx, deliveryTime)
	defer cancel()
	_, err = s.api.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress:     aws.String(from.String()),
		ConfigurationSetName: s.configurationSet,
		Destination:          &types.Destination{ToAddresses: []string{d.Visitor.Emails[0].Address}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: utf8(message.Subject),
			Body:    &types.Body{Text: utf8(message.Text), Html: utf8(message.HTML)},
			Headers: []types.MessageHeader{
				header("List-Unsubscribe", "<"+d.Link+">"),
				header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
				header("X-Entity-Ref-ID", d.ID),
				header("Auto-Submitted", "auto-generated"),
			},
		}},
	})
	if err != nil {
		return fault(err)
	}
	return nil
}

// faults are what SES's error codes mean for the next attempt, beside those of
// the SDK's that say to slow down. What an operator can mend, such as the right
// to send, passes.
var faults = map[string]survey.Fault{
	"SendingPausedException":    survey.Busy,
	"MessageRejected":           survey.Permanent,
	"BadRequestException":       survey.Permanent,
	"InvalidParameterException": survey.Permanent,
}

// notVerified is in what SES says of an identity that it does not let send, or,
// in its sandbox, receive: it rejects the message for what an operator can mend.
const notVerified = "not verified"

func fault(err error) *survey.DeliveryError {
	if errors.Is(err, errNoTurn) {
		return &survey.DeliveryError{Fault: survey.Busy, Text: "SES wants less a second"}
	}
	known, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return &survey.DeliveryError{Fault: survey.Temporary, Text: "SES could not be reached"}
	}
	code, text := known.ErrorCode(), known.ErrorMessage()
	f := faults[code] // Temporary where it is not known
	if _, throttled := retry.DefaultThrottleErrorCodes[code]; throttled {
		f = survey.Busy
	}
	if f == survey.Permanent && strings.Contains(text, notVerified) {
		f = survey.Temporary
	}
	return &survey.DeliveryError{Fault: f, Text: code + ": " + withoutAddresses(text)}
}

// maxErrorText is how much of what SES says is kept, in bytes.
const maxErrorText = 300

// withoutAddresses leaves out the words with an @: SES repeats the address.
func withoutAddresses(text string) string {
	var words []string
	for word := range strings.FieldsSeq(text) {
		if strings.Contains(word, "@") {
			word = "…"
		}
		words = append(words, word)
	}
	text = strings.Join(words, " ")
	return strings.ToValidUTF8(text[:min(len(text), maxErrorText)], "")
}
