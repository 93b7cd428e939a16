package table_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/store/table"
)

// tenUnits answers every request as a read that cost ten units.
type tenUnits struct{}

func (tenUnits) Do(*http.Request) (*http.Response, error) {
	body := `{"ConsumedCapacity":{"CapacityUnits":10}}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// TestPacedReadWaitsUntilEarlierReadsArePaid checks that only the next read waits, and
// that writes do not wait.
func TestPacedReadWaitsUntilEarlierReadsArePaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := dynamodb.New(dynamodb.Options{
			Region: "eu-central-1", HTTPClient: tenUnits{},
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
			}),
		}, table.Paced(2))
		name := aws.String("table")
		began := time.Now()
		wantTime := func(what string, want time.Duration) {
			t.Helper()
			if took := time.Since(began).Round(time.Second); took != want {
				t.Errorf("%s ended after %v, want %v", what, took, want)
			}
		}
		for i := range 3 {
			if _, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: name}); err != nil {
				t.Fatal(err)
			}
			wantTime("a read", time.Duration(i)*5*time.Second)
		}
		item := map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "key"}}
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: name, Item: item}); err != nil {
			t.Fatal(err)
		}
		wantTime("a write", 10*time.Second)
	})
}
