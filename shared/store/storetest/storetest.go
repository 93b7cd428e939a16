// Package storetest gives each test a real table of its own, in the DynamoDB that
// AWS_ENDPOINT_URL_DYNAMODB names. It also provides faults that DynamoDB Local never has,
// counts of round trips, and initial visitors, rooms and messages.
package storetest

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// New returns a store on an empty table, which is deleted after the test. The options
// change its client, for example to inject a fault.
func New(t testing.TB, options ...func(*dynamodb.Options)) *store.Store {
	t.Helper()
	s, _ := NewWithClient(t, options...)
	return s
}

// NewWithClient returns a store like New, and the table with a client to inspect its
// items.
func NewWithClient(t testing.TB, options ...func(*dynamodb.Options)) (*store.Store, Raw) {
	t.Helper()
	raw := Raw{Table: "test-" + livechat.NewID()}
	raw.Client = raw.client(t)
	raw.create(t)
	return raw.Store(t, options...), raw
}

// Raw is a table without the store's rules.
type Raw struct {
	*dynamodb.Client
	Table string
}

// Store returns another store on the same table.
func (r Raw) Store(t testing.TB, options ...func(*dynamodb.Options)) *store.Store {
	t.Helper()
	return store.New(table.New(r.client(t, options...), r.Table))
}

// Endpoint returns the address of the DynamoDB that tests use.
func Endpoint(t testing.TB) string {
	t.Helper()
	endpoint := os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")
	if endpoint == "" {
		t.Fatal("no database: run `make test`, or `go run ./infra/dynamodb-local/with -- go test ./...`")
	}
	return endpoint
}

func (r Raw) client(t testing.TB, options ...func(*dynamodb.Options)) *dynamodb.Client {
	t.Helper()
	return table.Emulator(Endpoint(t), append([]func(*dynamodb.Options){unhurried}, options...)...)
}

// create creates the table with the keys that template.yaml declares.
func (r Raw) create(t testing.TB) {
	t.Helper()
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	_, err := r.CreateTable(context.Background(), &dynamodb.CreateTableInput{
		TableName:            &r.Table,
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("PK"), text("SK"), text("GSI1PK"), text("GSI2PK"), text("GSI2SK")},
		KeySchema:            []types.KeySchemaElement{key("PK", types.KeyTypeHash), key("SK", types.KeyTypeRange)},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName:  aws.String("GSI1"),
			KeySchema:  []types.KeySchemaElement{key("GSI1PK", types.KeyTypeHash)},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}, {
			IndexName:  aws.String("GSI2"),
			KeySchema:  []types.KeySchemaElement{key("GSI2PK", types.KeyTypeHash), key("GSI2SK", types.KeyTypeRange)},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: layout.ListProjection},
		}},
	})
	// An attempt whose connection broke is retried, and may find the table created. Its
	// name is unique to this test.
	if _, made := errors.AsType[*types.ResourceInUseException](err); err != nil && !made {
		t.Fatalf("create table: %v", err)
	}
	t.Cleanup(func() { r.drop(t) })
}

func (r Raw) drop(t testing.TB) {
	t.Helper()
	if _, err := r.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &r.Table}); err != nil {
		t.Errorf("delete table: %v", err)
	}
}

// unhurried removes the time limit of attempts. On a busy machine, an attempt that timed
// out may have been done, and what it counts would be counted twice. infra/test/faults tests
// the time limit.
func unhurried(o *dynamodb.Options) { o.HTTPClient = awshttp.NewBuildableClient() }

// Items returns every item of the table.
func (r Raw) Items(t testing.TB) []table.Item {
	t.Helper()
	var items []table.Item
	for pages := dynamodb.NewScanPaginator(r.Client, &dynamodb.ScanInput{
		TableName: &r.Table, ConsistentRead: aws.Bool(true),
	}); pages.HasMorePages(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatalf("scan: %v", err)
		}
		for _, item := range page.Items {
			items = append(items, item)
		}
	}
	return items
}
