package mail

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

// sesThat returns an SES client whose calls are answered by answers.
func sesThat(t *testing.T, answers http.HandlerFunc) *SES {
	t.Helper()
	server := httptest.NewServer(answers)
	t.Cleanup(server.Close)
	return sesAt(server.URL)
}

// sesAt returns an SES client that does not retry.
func sesAt(endpoint string) *SES {
	return New(sesv2.New(sesv2.Options{
		Region: "eu-central-1", BaseEndpoint: &endpoint, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}), "SurveyMails")
}

// sent is the body of a SendEmail call.
type sent struct {
	FromEmailAddress     string
	ConfigurationSetName string
	Destination          struct{ ToAddresses, CcAddresses, BccAddresses []string }
	Content              struct {
		Simple struct {
			Subject content
			Body    struct{ Text, Html content }
			Headers []struct{ Name, Value string }
		}
	}
}

type content struct{ Data, Charset string }

func TestOneMailIsSent(t *testing.T) {
	var calls []sent
	ses := sesThat(t, func(w http.ResponseWriter, r *http.Request) {
		var call sent
		if err := json.NewDecoder(r.Body).Decode(&call); err != nil || r.URL.Path != "/v2/email/outbound-emails" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		calls = append(calls, call)
		w.Write([]byte(`{"MessageId":"1"}`))
	})
	d := delivery("de", livechat.Invitation)
	d.Visitor.Emails = append(d.Visitor.Emails, livechat.Email{Address: "another@example.com"})
	if err := ses.Deliver(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if len(calls) != 1 {
		t.Fatalf("%d calls", len(calls))
	}
	got := calls[0]
	message := render(t, d)
	var want sent
	want.FromEmailAddress = `=?utf-8?b?TcO8bGxlciAmIENv?= <chat@example.com>`
	want.ConfigurationSetName = "SurveyMails"
	want.Destination.ToAddresses = []string{"mary@example.com"}
	want.Content.Simple.Subject = content{message.Subject, "UTF-8"}
	want.Content.Simple.Body.Text = content{message.Text, "UTF-8"}
	want.Content.Simple.Body.Html = content{message.HTML, "UTF-8"}
	want.Content.Simple.Headers = []struct{ Name, Value string }{
		{"List-Unsubscribe", "<https://chat.example.com/s/code>"}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
		{"X-Entity-Ref-ID", "survey_1"}, {"Auto-Submitted", "auto-generated"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
}

func TestSenderIsOneName(t *testing.T) {
	for name, want := range map[string]string{
		`Ann "the" <b@c.de>, Bob`: `Ann "the" <b@c.de>, Bob`, "a\r\nBcc: all@example.com": "a Bcc: all@example.com",
		strings.Repeat("ü", 100): strings.Repeat("ü", 100),
	} {
		var from string
		ses := sesThat(t, func(w http.ResponseWriter, r *http.Request) {
			var call sent
			json.NewDecoder(r.Body).Decode(&call)
			from = call.FromEmailAddress
			w.Write([]byte(`{}`))
		})
		d := delivery("en", livechat.Invitation)
		d.Settings.Sender = name
		if err := ses.Deliver(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		list, err := mail.ParseAddressList(from)
		if err != nil || len(list) != 1 || list[0].Name != want || list[0].Address != "chat@example.com" || strings.ContainsAny(from, "\r\n") {
			t.Errorf("%.20q is %q (%v)", name, from, err)
		}
	}
}

// deliveryError returns err as a DeliveryError, and checks that its text may be logged.
func deliveryError(t *testing.T, err error) *survey.DeliveryError {
	t.Helper()
	known, ok := errors.AsType[*survey.DeliveryError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	if strings.Contains(known.Text, "@") || strings.Contains(known.Text, "mary") || len(known.Text) > 400 {
		t.Errorf("the error reveals too much: %s", known.Text)
	}
	return known
}

func TestWhatErrorsMean(t *testing.T) {
	const says = "Address <mary@example.com> is not known"
	for _, tc := range []struct {
		code   string
		status int
		says   string
		want   survey.Fault
	}{
		{"TooManyRequestsException", 429, says, survey.Busy},
		{"LimitExceededException", 400, "Daily message quota exceeded", survey.Busy},
		{"SendingPausedException", 400, says, survey.Busy},
		{"ThrottlingException", 400, says, survey.Busy},
		{"MessageRejected", 400, says, survey.Permanent},
		{"BadRequestException", 400, says, survey.Permanent},
		{"BadRequestException", 400, strings.Repeat("é ", 5000), survey.Permanent},
		{"MessageRejected", 400, "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: mary@example.com", survey.Temporary},
		{"MailFromDomainNotVerifiedException", 400, says, survey.Temporary},
		{"AccountSuspendedException", 400, says, survey.Temporary},
		{"AccessDeniedException", 403, says, survey.Temporary},
		{"NotFoundException", 404, says, survey.Temporary},
		{"InternalServiceErrorException", 500, says, survey.Temporary},
		{"ServiceUnavailable", 503, says, survey.Temporary},
	} {
		ses := sesThat(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amzn-Errortype", tc.code)
			w.WriteHeader(tc.status)
			json.NewEncoder(w).Encode(map[string]string{"message": tc.says})
		})
		got := deliveryError(t, ses.Deliver(t.Context(), delivery("en", livechat.Invitation)))
		if got.Fault != tc.want || !strings.HasPrefix(got.Text, tc.code+": ") {
			t.Errorf("%s is %+v, want fault %d", tc.code, got, tc.want)
		}
	}
}

func TestSilenceIsTemporary(t *testing.T) {
	end := make(chan struct{})
	ses := sesThat(t, func(http.ResponseWriter, *http.Request) { <-end })
	t.Cleanup(func() { close(end) })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if got := deliveryError(t, ses.Deliver(ctx, delivery("en", livechat.Invitation))); got.Fault != survey.Temporary {
		t.Errorf("%+v", got)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if got := deliveryError(t, sesAt(gone.URL).Deliver(t.Context(), delivery("en", livechat.Invitation))); got.Fault != survey.Temporary {
		t.Errorf("%+v", got)
	}
}

func inLambda(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SAM_LOCAL": "",
	} {
		t.Setenv(name, value)
	}
}

func TestLambdasOwnCredentialsAreUsed(t *testing.T) {
	var signed, token atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed.Store(r.Header.Get("Authorization"))
		token.Store(r.Header.Get("X-Amz-Security-Token"))
		w.Write([]byte(`{}`))
	}))
	defer server.Close()
	inLambda(t)
	t.Setenv("AWS_SESSION_TOKEN", "session")
	t.Setenv("AWS_ENDPOINT_URL_SESV2", server.URL)
	if err := FromEnvironment().Deliver(t.Context(), delivery("en", livechat.Invitation)); err != nil {
		t.Fatal(err)
	}
	if got := signed.Load().(string); !strings.Contains(got, "Credential=key/") || !strings.Contains(got, "/eu-central-1/ses/") || token.Load() != "session" {
		t.Errorf("signed %s, token %v", got, token.Load())
	}
}

func TestLaptopSendsNoRealMail(t *testing.T) {
	inLambda(t)
	t.Setenv("AWS_SAM_LOCAL", "true")
	os.Unsetenv("AWS_ENDPOINT_URL_SESV2")
	got := deliveryError(t, FromEnvironment().Deliver(t.Context(), delivery("en", livechat.Invitation)))
	if got.Fault != survey.Permanent || !strings.Contains(got.Text, "AWS_ENDPOINT_URL_SESV2") {
		t.Errorf("%+v", got)
	}
}

func TestVisitorWithoutAddressGetsNone(t *testing.T) {
	d := delivery("en", livechat.Invitation)
	d.Visitor.Emails = nil
	ses := sesThat(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	if got := deliveryError(t, ses.Deliver(t.Context(), d)); got.Fault != survey.Permanent {
		t.Errorf("%+v", got)
	}
}

// TestWaitingForATurnCostsNoAttempt checks that a delivery that waits because SES
// throttled earlier ones fails as Busy.
func TestWaitingForATurnCostsNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace{retry.NewAdaptiveMode()}
		ctx, cancel := context.WithTimeout(t.Context(), deliveryTime)
		defer cancel()
		var err error
		for err == nil {
			var release func(error) error
			if release, err = p.GetAttemptToken(ctx); err == nil {
				release(&smithy.GenericAPIError{Code: "TooManyRequestsException"})
			}
		}
		if got := deliveryError(t, fault(err)); got.Fault != survey.Busy {
			t.Errorf("%+v (%v)", got, err)
		}
	})
}
