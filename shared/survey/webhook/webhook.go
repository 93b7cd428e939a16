package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"livechat/shared/env"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

// Client delivers by webhook. It is safe for parallel use.
type Client struct {
	// allowed lists the host:port pairs that may be called without TLS even though they
	// are not public.
	allowed      []string
	public       *http.Client
	unrestricted *http.Client
}

// timeLimit limits how long a receiver may take to answer.
const timeLimit = 5 * time.Second

// New returns a client that calls only public addresses and the allowed hosts.
func New(allowed []string) *Client {
	return &Client{
		allowed:      allowed,
		public:       newHTTPClient(publicDialer()),
		unrestricted: newHTTPClient(&net.Dialer{Timeout: timeLimit}),
	}
}

func publicDialer() *net.Dialer { return &net.Dialer{Timeout: timeLimit, Control: publicOnly} }

// FromEnvironment returns the client of a Lambda function. Only the laptop cloud sets
// SURVEY_WEBHOOK_ALLOW, to the comma-separated host:port pairs of its own sink.
func FromEnvironment() *Client {
	return New(strings.FieldsFunc(env.Optional("SURVEY_WEBHOOK_ALLOW"), func(r rune) bool { return r == ',' }))
}

func newHTTPClient(d *net.Dialer) *http.Client {
	return &http.Client{
		Timeout: timeLimit,
		Transport: &http.Transport{
			// A proxy from the environment would connect to unchecked addresses.
			Proxy:           nil,
			DialContext:     d.DialContext,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
			// Many parallel deliveries call the same receiver.
			MaxIdleConnsPerHost: 32,
			// A run starts every minute. By then, the receiver may have closed idle
			// connections.
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: maxHeaders,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// event is the request's body.
type event struct {
	Type      string        `json:"type"`
	Timestamp livechat.Time `json:"timestamp"`
	Data      eventData     `json:"data"`
}

type eventData struct {
	Link       string                `json:"link"`
	Language   string                `json:"language"`
	ClosedAt   livechat.Time         `json:"closedAt"`
	ExpiresAt  livechat.Time         `json:"expiresAt"`
	Department string                `json:"department,omitempty"`
	Agent      *livechat.SurveyAgent `json:"agent,omitempty"`
	Visitor    visitor               `json:"visitor"`
}

type visitor struct {
	ID       string           `json:"_id"`
	Username string           `json:"username"`
	Name     string           `json:"name,omitempty"`
	Emails   []livechat.Email `json:"visitorEmails,omitempty"`
	Phone    []livechat.Phone `json:"phone,omitempty"`
}

// Deliver posts the message to the URL in the settings.
func (c *Client) Deliver(ctx context.Context, d survey.Delivery) error {
	body, err := json.Marshal(event{
		Type: "survey." + d.Kind, Timestamp: d.At,
		Data: eventData{
			Link: d.Link, Language: d.Language, ClosedAt: d.Survey.ClosedAt, ExpiresAt: d.Survey.ExpiresAt,
			Department: d.Survey.Department, Agent: d.Survey.Agent,
			Visitor: visitor{d.Visitor.ID, d.Visitor.Username, d.Visitor.Name, d.Visitor.Emails, d.Visitor.Phone},
		},
	})
	if err != nil {
		return permanent("the message cannot be encoded")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(d.Settings.WebhookSecret, settings.WebhookSecretPrefix))
	if err != nil || len(key) == 0 {
		return permanent("the setting surveyWebhookSecret is not set")
	}
	to, client, failure := c.receiver(d.Settings.WebhookURL)
	if failure != nil {
		return failure
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return permanent("the setting surveyWebhookUrl is not a URL")
	}
	at := strconv.FormatInt(d.At.Time().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "livechat")
	r.Header.Set("webhook-id", d.ID)
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", "v1,"+sign(key, d.ID, at, body))
	return post(client, r)
}

// receiver returns the address and the client that may call it.
func (c *Client) receiver(address string) (string, *http.Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return "", nil, permanent("the setting surveyWebhookUrl is not a URL")
	case slices.Contains(c.allowed, u.Host):
		return address, c.unrestricted, nil
	case u.Scheme != "https":
		return "", nil, permanent("the setting surveyWebhookUrl must begin with https://")
	}
	return address, c.public, nil
}

func sign(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, at, body) // a hash never fails
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Limits on how many bytes of an answer are read. The body is read only so that the
// connection can be reused.
const (
	maxHeaders = 64 << 10
	maxAnswer  = 4 << 10
)

func post(client *http.Client, r *http.Request) error {
	answer, err := client.Do(r)
	switch {
	case errors.Is(err, errNotPublic):
		return permanent("the receiver's address is not public")
	case err != nil:
		return &survey.DeliveryError{Fault: survey.Temporary, Text: "the receiver could not be reached"}
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // only the status matters
	text := fmt.Sprintf("the receiver answered %d", answer.StatusCode)
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		return nil
	case answer.StatusCode == http.StatusTooManyRequests:
		return &survey.DeliveryError{Fault: survey.Busy, Text: text}
	case answer.StatusCode == http.StatusGone:
		return permanent(text)
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		text += ": redirects are not followed"
	}
	return &survey.DeliveryError{Fault: survey.Temporary, Text: text}
}

func permanent(text string) *survey.DeliveryError {
	return &survey.DeliveryError{Fault: survey.Permanent, Text: text}
}
