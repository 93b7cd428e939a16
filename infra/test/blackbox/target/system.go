package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"livechat/infra/local/cloud"
	"livechat/infra/local/demo"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
)

// System is a running system.
type System struct {
	// URL is its address.
	URL string
	// Root is the path of the repository.
	Root string

	store   *store.Store
	table   *table.Table
	foreign bool
	secrets *secrets
}

// These variables name a running system: its address, its table, and the address of its
// DynamoDB.
const (
	URLVariable      = "LIVECHAT_URL"
	TableVariable    = "LIVECHAT_TABLE"
	EndpointVariable = "AWS_ENDPOINT_URL_DYNAMODB"
)

// Open returns the system that LIVECHAT_URL names, or a new laptop cloud. root is the
// path of the repository.
func Open(ctx context.Context, root string) (*System, func(), error) {
	if os.Getenv(URLVariable) == "" {
		return Laptop(ctx, root)
	}
	name := os.Getenv(TableVariable)
	if name == "" {
		return nil, nil, fmt.Errorf("%s also needs %s: some tests store a closed room in the table", URLVariable, TableVariable)
	}
	s, err := system(root, name)
	if err != nil {
		return nil, nil, err
	}
	s.URL, s.foreign = os.Getenv(URLVariable), true
	return s, func() {}, nil
}

// Laptop starts a laptop cloud with its own table.
func Laptop(ctx context.Context, root string) (*System, func(), error) {
	name := "blackbox-" + livechat.NewID()
	s, err := system(root, name)
	if err != nil {
		return nil, nil, err
	}
	data, err := os.MkdirTemp("", "livechat-blackbox-")
	if err != nil {
		return nil, nil, err
	}
	if s.secrets, err = newSecrets(data); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(data))
	}
	c, err := cloud.Start(ctx, cloud.Options{
		Root: root, Data: data, Parameters: cloud.Unthrottled(), DatabaseEndpoint: os.Getenv(EndpointVariable), TableName: name,
		Log:  io.MultiWriter(os.Stderr, s.secrets),
		Seed: func(ctx context.Context, _, _ string) error { return demo.Seed(ctx, s.store) },
	})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(data))
	}
	s.URL = c.URL()
	return s, func() { c.Close(); _ = os.RemoveAll(data) }, nil
}

func system(root, name string) (*System, error) {
	endpoint := os.Getenv(EndpointVariable)
	if endpoint == "" {
		return nil, errors.New("no database: run `make test`, or `go run ./infra/dynamodb-local/with -- go test ./...`")
	}
	t := table.New(table.Emulator(endpoint), name)
	return &System{Root: filepath.Clean(root), store: store.New(t), table: t}, nil
}

// Store returns the system's table, for data that no call can create.
func (s *System) Store() *store.Store { return s.store }

// Many returns how many of something a test should use: n, or a tenth of n on a system
// that LIVECHAT_URL names. SAM answers one call at a time per function, in about 30 ms
// and sometimes a second.
func (s *System) Many(n int) int {
	if s.foreign {
		return n / 10
	}
	return n
}
