package table

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/template"
	"livechat/shared/store/storetest"
	store "livechat/shared/store/table"
)

func TestEnsure(t *testing.T) {
	endpoint := storetest.Endpoint(t)
	ctx := context.Background()
	name := fmt.Sprintf("table-%d", time.Now().UnixNano())

	old := read(t, name)
	old.CreateInput.GlobalSecondaryIndexes = nil
	old.CreateInput.AttributeDefinitions = old.CreateInput.AttributeDefinitions[:2]
	old.TTL = ""
	if err := Ensure(ctx, endpoint, old); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"missing parts are added", "existing parts are kept"} {
		if err := Ensure(ctx, endpoint, read(t, name)); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if d := cmp.Diff([]string{"GSI1", "GSI2", "expires"}, indexAndTTL(t, endpoint, name)); d != "" {
			t.Errorf("%s: %s", step, d)
		}
	}

	otherKeys, otherIndex := read(t, name), read(t, name)
	otherKeys.CreateInput.KeySchema = otherKeys.CreateInput.KeySchema[:1]
	// The index is as in the version that kept messages in their room's item.
	otherIndex.CreateInput.GlobalSecondaryIndexes[1].Projection = &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
	for name, other := range map[string]template.Table{"keys": otherKeys, "index": otherIndex} {
		err := Ensure(ctx, endpoint, other)
		if err == nil || !strings.Contains(err.Error(), "FRESH=1") || !strings.Contains(err.Error(), "another DATA") || strings.Contains(err.Error(), "\n") {
			t.Errorf("different %s: %v", name, err)
		}
	}
}

// read returns the real template's table.
func read(t *testing.T, name string) template.Table {
	t.Helper()
	tpl, err := template.Read("../../../template.yaml", template.Options{Names: map[string]string{"Table": name}})
	if err != nil {
		t.Fatal(err)
	}
	return tpl.Tables[0]
}

func indexAndTTL(t *testing.T, endpoint, name string) []string {
	t.Helper()
	ctx, db := context.Background(), store.Emulator(endpoint)
	table, err := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	ttl, err := db.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, i := range table.Table.GlobalSecondaryIndexes {
		found = append(found, aws.ToString(i.IndexName))
	}
	slices.Sort(found)
	return append(found, aws.ToString(ttl.TimeToLiveDescription.AttributeName))
}
