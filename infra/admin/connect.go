package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/logging"

	"livechat/shared/store"
	"livechat/shared/store/table"
)

// connection holds the flags that select the table.
type connection struct {
	Local    uint16 `placeholder:"PORT" help:"Use the laptop cloud that \"make run\" started on this port. Ignores the other table flags."`
	Table    string `env:"TABLE_NAME" placeholder:"NAME" help:"Name of the table (output TableName of the deployed stack)."`
	Region   string `env:"AWS_REGION" placeholder:"REGION" help:"AWS region of the table, for example eu-central-1. Default: the profile's."`
	Profile  string `env:"AWS_PROFILE" placeholder:"NAME" help:"AWS profile that supplies the region and credentials."`
	Endpoint string `env:"AWS_ENDPOINT_URL_DYNAMODB" placeholder:"URL" help:"URL of DynamoDB or of an emulator. Default: the region's."`
}

// database is an opened table and a description of its location.
type database struct {
	store *store.Store
	table string
	where string
	clock clock
}

// open opens the table that the flags select. The options modify the DynamoDB client.
func (c connection) open(ctx context.Context, options ...func(*dynamodb.Options)) (*database, error) {
	switch {
	case c.Local != 0:
		return openLocal(ctx, c.Local, options...)
	case c.Table == "":
		return nil, errors.New("which table? Give --table NAME (or set TABLE_NAME) for a deployed stack, " +
			"or --local PORT for the laptop cloud that `make run` started")
	case !regionPattern.MatchString(c.Region):
		return nil, fmt.Errorf("--region %q is not an AWS region: give one like eu-central-1", c.Region)
	case c.Endpoint != "" && !isAddress(c.Endpoint):
		return nil, fmt.Errorf("--endpoint %q is not an address: give one like http://localhost:8000", c.Endpoint)
	case c.Endpoint != "" && !c.hasCredentials():
		return openEmulator(c.Endpoint, c.Table, c.Region, options...), nil
	}
	return c.openAWS(ctx, options...)
}

// regionPattern accepts anything that can be part of a host name. It also accepts the empty
// string, because --region is optional.
var regionPattern = regexp.MustCompile(`^[a-z0-9-]*$`)

func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// hasCredentials reports whether the environment or a profile supplies AWS credentials.
// It does not try the SDK's other sources, such as the instance metadata service, because
// they would delay every command for an emulator.
func (c connection) hasCredentials() bool {
	environment, err := config.NewEnvConfig()
	return c.Profile != "" || (err == nil && environment.Credentials.HasKeys())
}

func (c connection) openAWS(ctx context.Context, options ...func(*dynamodb.Options)) (*database, error) {
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(c.Region), config.WithSharedConfigProfile(c.Profile),
		// The operator sees the SDK's error, not its log lines.
		config.WithLogger(logging.Nop{}))
	if missing, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return nil, fmt.Errorf("there is no AWS profile %q: `aws configure list-profiles` shows all profiles", missing.Profile)
	}
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("which region? Give --region, for example --region eu-central-1, or set AWS_REGION")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, explainCredentials(err)
	}
	d := &database{table: c.Table, where: "in region " + cfg.Region}
	api := dynamodb.NewFromConfig(cfg, append([]func(*dynamodb.Options){table.RetryPolicy, func(o *dynamodb.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = &c.Endpoint
			d.where += " at " + c.Endpoint
		}
	}}, options...)...)
	d.store = store.New(table.New(api, c.Table))
	return d, nil
}

func openEmulator(endpoint, name, region string, options ...func(*dynamodb.Options)) *database {
	api := table.Emulator(endpoint, append(options, func(o *dynamodb.Options) {
		if region != "" {
			o.Region = region
		}
	})...)
	return &database{
		store: store.New(table.New(api, name)),
		table: name, where: "in region " + api.Options().Region + " at " + endpoint,
	}
}

// openLocal gets the database's address and the time from the laptop cloud.
func openLocal(ctx context.Context, port uint16, options ...func(*dynamodb.Options)) (*database, error) {
	var place struct{ Endpoint, Table string }
	if err := askLaptop(ctx, port, "database", &place); err != nil {
		return nil, err
	}
	var shown struct{ Now time.Time }
	if err := askLaptop(ctx, port, "clock", &shown); err != nil {
		return nil, err
	}
	if !isAddress(place.Endpoint) || place.Table == "" || shown.Now.IsZero() {
		return nil, errNotLaptop(port)
	}
	d := openEmulator(place.Endpoint, place.Table, "", options...)
	d.clock = clock{ahead: time.Until(shown.Now)}
	return d, nil
}

// askLaptop decodes what the laptop cloud's console answers about what.
func askLaptop(ctx context.Context, port uint16, what string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	address := fmt.Sprintf("http://localhost:%d/_local/%s", port, what)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no laptop cloud is running on port %d: start it with `make run`", port)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != http.StatusOK {
		return errNotLaptop(port)
	}
	return nil
}

func errNotLaptop(port uint16) error {
	return fmt.Errorf("the server on port %d is not a laptop cloud: start one with `make run`", port)
}
