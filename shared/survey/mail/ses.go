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
	// configurationSet makes SES report bounces and complaints. If it is nil, SES reports
	// neither.
	configurationSet *string
	// off is the reason why no mails can be sent, or empty if they can.
	off string
}

// New returns an SES that uses the client and, unless it is empty, the configuration set.
func New(api *sesv2.Client, configurationSet string) *SES {
	s := &SES{api: api}
	if configurationSet != "" {
		s.configurationSet = &configurationSet
	}
	return s
}

// FromEnvironment returns an SES with Lambda's credentials and region. On a laptop it
// sends nothing unless AWS_ENDPOINT_URL_SESV2 names a mailbox, because a real mail would
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
	// deliveryTime limits a delivery with all its attempts. It is shorter than the time a
	// run reserves for its last delivery.
	deliveryTime = 8 * time.Second
	// attemptTime is generous, because a message whose answer times out is sent again.
	attemptTime = 5 * time.Second
	attempts    = 3
	maxWait     = time.Second
)

// patience makes the client slow down when SES throttles.
func patience(o *sesv2.Options) {
	o.HTTPClient = awshttp.NewBuildableClient().WithTimeout(attemptTime)
	o.Retryer = pace{retry.NewAdaptiveMode(func(a *retry.AdaptiveModeOptions) {
		a.StandardOptions = append(a.StandardOptions, func(r *retry.StandardOptions) {
			r.MaxAttempts = attempts
			r.MaxBackoff = maxWait
		})
	})}
}

// pace is an adaptive retryer that marks its own errors. The mark distinguishes a
// delivery that waited too long for its turn from a delivery that could not reach SES.
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
		return &survey.DeliveryError{Fault: survey.Permanent, Text: "the message cannot be rendered"}
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

// faults maps SES's error codes to faults, in addition to the SDK's throttling codes. An
// error that an operator can fix, for example a missing permission, is Temporary.
var faults = map[string]survey.Fault{
	"SendingPausedException":    survey.Busy,
	"MessageRejected":           survey.Permanent,
	"BadRequestException":       survey.Permanent,
	"InvalidParameterException": survey.Permanent,
}

// notVerified is part of SES's error text for an identity that may not send or, in the
// sandbox, receive. SES rejects the message, but the fault is Temporary, because an
// operator can verify the identity.
const notVerified = "not verified"

func fault(err error) *survey.DeliveryError {
	if errors.Is(err, errNoTurn) {
		return &survey.DeliveryError{Fault: survey.Busy, Text: "SES throttles"}
	}
	known, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return &survey.DeliveryError{Fault: survey.Temporary, Text: "SES could not be reached"}
	}
	code, text := known.ErrorCode(), known.ErrorMessage()
	f := faults[code] // Temporary if the code is unknown
	if _, throttled := retry.DefaultThrottleErrorCodes[code]; throttled {
		f = survey.Busy
	}
	if f == survey.Permanent && strings.Contains(text, notVerified) {
		f = survey.Temporary
	}
	return &survey.DeliveryError{Fault: f, Text: code + ": " + withoutAddresses(text)}
}

// maxErrorText limits SES's error text, in bytes.
const maxErrorText = 300

// withoutAddresses replaces words that contain an @, because SES's errors repeat the
// address.
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
