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

// connection says which table to work on.
type connection struct {
	Local    uint16 `placeholder:"PORT" help:"Work on the laptop cloud that \"make run\" started on this port, such as 3000. The other flags for the table are then not looked at."`
	Table    string `env:"TABLE_NAME" placeholder:"NAME" help:"Name of the table: the output TableName of the deployed stack."`
	Region   string `env:"AWS_REGION" placeholder:"REGION" help:"AWS region of the table, such as eu-central-1. Default: the profile's."`
	Profile  string `env:"AWS_PROFILE" placeholder:"NAME" help:"Profile in the AWS configuration files to take region and credentials from."`
	Endpoint string `env:"AWS_ENDPOINT_URL_DYNAMODB" placeholder:"URL" help:"Address of DynamoDB, such as http://localhost:8000 for an emulator. Default: the region's."`
}

// database is the table once it is found, and where that was.
type database struct {
	store *store.Store
	table string
	where string
}

// open returns the table; the options change the client it is reached through.
func (c connection) open(ctx context.Context, options ...func(*dynamodb.Options)) (*database, error) {
	switch {
	case c.Local != 0:
		return openLocal(ctx, c.Local, options...)
	case c.Table == "":
		return nil, errors.New("which table? Give --table NAME (or set TABLE_NAME) for a deployed stack, or --local PORT for the laptop cloud that `make run` started")
	case !regionPattern.MatchString(c.Region):
		return nil, fmt.Errorf("--region %q is no AWS region: give one such as eu-central-1", c.Region)
	case c.Endpoint != "" && !isAddress(c.Endpoint):
		return nil, fmt.Errorf("--endpoint %q is no address: give one such as http://localhost:8000", c.Endpoint)
	case c.Endpoint != "" && !c.hasCredentials():
		return openEmulator(c.Endpoint, c.Table, c.Region, options...), nil
	}
	return c.openAWS(ctx, options...)
}

// regionPattern lets pass what can be part of a host name, and nothing given.
var regionPattern = regexp.MustCompile(`^[a-z0-9-]*$`)

func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// hasCredentials reports whether somebody has said who they are to AWS. The
// SDK's further search, on the machine and in its network, is for real tables
// only: an emulator is no reason to begin it.
func (c connection) hasCredentials() bool {
	environment, err := config.NewEnvConfig()
	return c.Profile != "" || (err == nil && environment.Credentials.HasKeys())
}

func (c connection) openAWS(ctx context.Context, options ...func(*dynamodb.Options)) (*database, error) {
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(c.Region), config.WithSharedConfigProfile(c.Profile),
		// What the SDK logs on its way is no line for the operator; its error is.
		config.WithLogger(logging.Nop{}))
	if none, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return nil, fmt.Errorf("no AWS profile is called %q: `aws configure list-profiles` shows them", none.Profile)
	}
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("which region? Give --region, such as --region eu-central-1, or set AWS_REGION")
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

// openLocal asks the laptop cloud where its database is.
func openLocal(ctx context.Context, port uint16, options ...func(*dynamodb.Options)) (*database, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	address := fmt.Sprintf("http://localhost:%d/_local/database", port)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("no laptop cloud answers on port %d: start it with `make run`", port)
	}
	defer answer.Body.Close()
	var place struct{ Endpoint, Table string }
	err = json.NewDecoder(answer.Body).Decode(&place)
	if err != nil || answer.StatusCode != http.StatusOK || !isAddress(place.Endpoint) || place.Table == "" {
		return nil, fmt.Errorf("what answers on port %d is no laptop cloud: %s does not say where a database is; start one with `make run`", port, address)
	}
	return openEmulator(place.Endpoint, place.Table, "", options...), nil
}
