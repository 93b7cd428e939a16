package table

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"livechat/shared/env"
	"livechat/shared/env/credentials"
)

// Table is the service's DynamoDB table. It is safe for concurrent use.
type Table struct {
	api      *dynamodb.Client
	name     string
	endpoint string
}

// New returns the table with the name, which it accesses through the client.
func New(api *dynamodb.Client, name string) *Table {
	return &Table{api: api, name: name}
}

// FromEnvironment returns the table named in a Lambda function's environment. It reads
// the credentials and the region directly from the environment, because loading them with
// the SDK's config package would slow down every cold start.
func FromEnvironment() *Table {
	endpoint := env.Optional("AWS_ENDPOINT_URL_DYNAMODB")
	if endpoint == "" && env.Optional("AWS_SAM_LOCAL") != "" {
		// Without an endpoint, a local run would use a real table.
		env.Required("AWS_ENDPOINT_URL_DYNAMODB")
	}
	region := env.Required("AWS_REGION")
	options := dynamodb.Options{
		Region:      region,
		Credentials: credentials.Lambda,
	}
	if endpoint != "" {
		options.BaseEndpoint = &endpoint
	} else {
		endpoint = "https://dynamodb." + region + ".amazonaws.com"
	}
	t := New(dynamodb.New(options, RetryPolicy), env.Required("TABLE_NAME"))
	t.endpoint = endpoint
	return t
}

const (
	// attemptTime limits one attempt. DynamoDB responds within milliseconds, so a
	// connection that is silent for two seconds is dead. The caller's ten seconds leave
	// time to try a new connection.
	attemptTime = 2 * time.Second
	attempts    = 4
	maxWait     = 400 * time.Millisecond
)

// RetryPolicy sets a client's retries and timeouts, which are shorter than the SDK's
// because a visitor waits for the response.
func RetryPolicy(o *dynamodb.Options) {
	client, ok := o.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		client = awshttp.NewBuildableClient()
	}
	o.HTTPClient = client.WithTimeout(attemptTime)
	o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
		r.MaxAttempts = attempts
		r.MaxBackoff = maxWait
		r.Retryables = retryable
	})
}

// Prime opens the connection to the database before the first request needs it. The TLS
// handshake takes some milliseconds, and Lambda gives a function more CPU while it
// starts. Without TLS, Prime does nothing. It needs no permission. If it fails, the first
// call opens the connection.
func (t *Table) Prime(ctx context.Context) {
	if !strings.HasPrefix(t.endpoint, "https:") {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	client, ok := t.api.Options().HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.endpoint, http.NoBody)
	if err != nil {
		return
	}
	answer, err := client.Do(request)
	if err != nil {
		return
	}
	// Read the body to its end. Otherwise the connection is not reused.
	_, err = io.Copy(io.Discard, answer.Body)
	_ = errors.Join(err, answer.Body.Close())
}
