package database

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"livechat/infra/local/iam"
	dbtable "livechat/infra/local/table"
	"livechat/infra/local/template"
	"livechat/shared/store/storetest"
)

// metered calls a real DynamoDB Local through the proxy.
type metered struct {
	*dynamodb.Client
	proxy *Proxy
	line  *ProcessAddress
	table string
}

func startMetered(t *testing.T) *metered {
	t.Helper()
	hash := func(name string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &name, KeyType: types.KeyTypeHash}}
	}
	keysOnly := &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
	name := fmt.Sprintf("meter-%d", time.Now().UnixNano())
	declared := template.Table{ID: "Table", CreateInput: &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema: append(hash("PK"), types.KeySchemaElement{AttributeName: aws.String("SK"), KeyType: types.KeyTypeRange}),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String("GSI1"), KeySchema: hash("GSI1PK"), Projection: keysOnly},
			{IndexName: aws.String("GSI2"), KeySchema: hash("GSI2PK"), Projection: keysOnly},
		},
	}}
	for _, attribute := range []string{"PK", "SK", "GSI1PK", "GSI2PK"} {
		declared.CreateInput.AttributeDefinitions = append(declared.CreateInput.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: &attribute, AttributeType: types.ScalarAttributeTypeS,
		})
	}
	if err := dbtable.Ensure(t.Context(), storetest.Endpoint(t), declared); err != nil {
		t.Fatal(err)
	}
	roles, err := iam.New(map[string][]template.Statement{"Room": {allow("*", "*")}}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(Options{Endpoint: storetest.Endpoint(t), Tables: []template.Table{declared}, Roles: roles, Log: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	m := &metered{proxy: p, line: p.Open("Room"), table: name}
	m.Client = dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(m.line.Endpoint()), Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
	return m
}

// do makes a call in DynamoDB's JSON. It replaces TABLE in the body with the table's
// name.
func (m *metered) do(t *testing.T, operation, body string) (status int, answered string) {
	t.Helper()
	body = strings.ReplaceAll(body, "TABLE", m.table)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.line.Endpoint(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(targetHeader, version+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20261129/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	r.Header.Set("X-Amz-Date", "20261129T000000Z")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// stored returns the JSON of an item of about kb KB. The item is in GSI1 and GSI2 if gsi1
// and gsi2, which are its partition keys there, are not empty.
func stored(pk, sk string, kb int, gsi1, gsi2 string) string {
	text := fmt.Sprintf(`"PK":{"S":%q},"SK":{"S":%q},"D":{"S":%q}`, pk, sk, strings.Repeat("x", max(0, kb*1024-100)))
	if gsi1 != "" {
		text += fmt.Sprintf(`,"GSI1PK":{"S":%q}`, gsi1)
	}
	if gsi2 != "" {
		text += fmt.Sprintf(`,"GSI2PK":{"S":%q}`, gsi2)
	}
	return "{" + text + "}"
}

func under(pk, sk string) string { return fmt.Sprintf(`{"PK":{"S":%q},"SK":{"S":%q}}`, pk, sk) }

// TestUnitsAsAWSBillsThem makes each call on a table with two items. Item a has 5 KB, the
// partition key "A", and entries in both indexes. Item b has less than 1 KB and the
// partition key "B".
func TestUnitsAsAWSBillsThem(t *testing.T) {
	put := func(item, condition string) string {
		if condition != "" {
			condition = `,"ConditionExpression":"` + condition + `"`
		}
		return `{"TableName":"TABLE","Item":` + item + condition + `}`
	}
	transact := func(elements ...string) string { return `{"TransactItems":[` + strings.Join(elements, ",") + `]}` }
	on := func(key, rest string) string { return `{"TableName":"TABLE","Key":` + key + rest + `}` }
	const (
		missing = `,"ConditionExpression":"attribute_not_exists(PK)"`
		there   = `,"ConditionExpression":"attribute_exists(PK)"`
		count   = `,"UpdateExpression":"ADD N :one","ExpressionAttributeValues":{":one":{"N":"1"}}`
	)
	a, b, none := under("A", "a"), under("B", "b"), under("C", "c")
	same := stored("A", "a", 5, "G", "H")
	for _, tt := range []struct {
		name, operation, body string
		status                int
		want                  []KeyUnits // the most expensive first
	}{
		{"get", "GetItem", on(a, `,"ConsistentRead":true`), 200, []KeyUnits{{"", "A", 2, 0}}},
		{"get, eventually consistent", "GetItem", on(a, ""), 200, []KeyUnits{{"", "A", 1, 0}}},
		{"get of nothing", "GetItem", on(none, ""), 200, []KeyUnits{{"", "C", 0.5, 0}}},
		{"query", "Query", `{"TableName":"TABLE","KeyConditionExpression":"PK = :p","ExpressionAttributeValues":{":p":{"S":"A"}}}`, 200, []KeyUnits{{"", "A", 1, 0}}},
		{"query that finds nothing", "Query", `{"TableName":"TABLE","ConsistentRead":true,"KeyConditionExpression":"PK = :p","ExpressionAttributeValues":{":p":{"S":"C"}}}`, 200, []KeyUnits{{"", "C", 1, 0}}},
		{"query of an index", "Query", `{"TableName":"TABLE","IndexName":"GSI1","KeyConditionExpression":"GSI1PK = :p","ExpressionAttributeValues":{":p":{"S":"G"}}}`, 200, []KeyUnits{{"GSI1", "G", 0.5, 0}}},
		{"query of an index that finds nothing", "Query", `{"TableName":"TABLE","IndexName":"GSI1","KeyConditionExpression":"GSI1PK = :p","ExpressionAttributeValues":{":p":{"S":"x"}}}`, 200, []KeyUnits{{"GSI1", "x", 0.5, 0}}},
		{"scan", "Scan", `{"TableName":"TABLE"}`, 200, []KeyUnits{{"", "", 1, 0}}},
		{"batch of gets, one of nothing", "BatchGetItem", `{"RequestItems":{"TABLE":{"ConsistentRead":true,"Keys":[` + a + `,` + b + `,` + none + `]}}}`, 200, []KeyUnits{{"", "A", 2, 0}, {"", "B", 1, 0}, {"", "C", 1, 0}}},
		{"transaction of gets, one of nothing", "TransactGetItems", transact(`{"Get":`+on(a, "")+`}`, `{"Get":`+on(none, "")+`}`), 200, []KeyUnits{{"", "A", 4, 0}, {"", "C", 2, 0}}},

		{"put of a new item", "PutItem", put(stored("C", "c", 3, "G", ""), ""), 200, []KeyUnits{{"", "C", 0, 3}, {"GSI1", "G", 0, 1}}},
		{"put that leaves the indexes unchanged", "PutItem", put(same, ""), 200, []KeyUnits{{"", "A", 0, 5}}},
		{"put that moves in an index", "PutItem", put(stored("A", "a", 1, "G", "I"), ""), 200, []KeyUnits{{"", "A", 0, 5}, {"GSI2", "H", 0, 1}, {"GSI2", "I", 0, 1}}},
		{"put that leaves an index", "PutItem", put(stored("A", "a", 1, "", "H"), ""), 200, []KeyUnits{{"", "A", 0, 5}, {"GSI1", "G", 0, 1}}},
		{"update", "UpdateItem", on(a, count), 200, []KeyUnits{{"", "A", 0, 5}}},
		{"update that moves in an index", "UpdateItem", on(b, `,"UpdateExpression":"SET GSI1PK = :g","ExpressionAttributeValues":{":g":{"S":"G"}},"ReturnValues":"ALL_NEW"`), 200, []KeyUnits{{"", "B", 0, 1}, {"GSI1", "G", 0, 1}}},
		{"delete", "DeleteItem", on(a, ""), 200, []KeyUnits{{"", "A", 0, 5}, {"GSI1", "G", 0, 1}, {"GSI2", "H", 0, 1}}},
		{"delete of nothing", "DeleteItem", on(none, ""), 200, []KeyUnits{{"", "C", 0, 1}}},
		{"batch of writes", "BatchWriteItem", `{"RequestItems":{"TABLE":[{"PutRequest":{"Item":` + stored("C", "c", 2, "", "H") + `}},{"DeleteRequest":{"Key":` + a + `}}]}}`, 200, []KeyUnits{{"", "A", 0, 5}, {"", "C", 0, 2}, {"GSI2", "H", 0, 2}, {"GSI1", "G", 0, 1}}},

		{"transaction: the table is doubled, its indexes are not", "TransactWriteItems", transact(`{"Put":` + put(stored("C", "c", 3, "G", ""), "") + `}`), 200, []KeyUnits{{"", "C", 0, 6}, {"GSI1", "G", 0, 1}}},
		{"transaction of many", "TransactWriteItems", transact(`{"Put":`+put(stored("C", "c", 1, "", ""), "")+`}`, `{"Delete":`+on(a, there)+`}`, `{"Update":`+on(b, count)+`}`), 200, []KeyUnits{{"", "A", 0, 10}, {"", "B", 0, 2}, {"", "C", 0, 2}, {"GSI1", "G", 0, 1}, {"GSI2", "H", 0, 1}}},
		{"transaction of equal elements", "TransactWriteItems", transact(`{"Put":`+put(stored("C", "c", 1, "G", ""), "")+`}`, `{"Put":`+put(stored("C", "d", 1, "G", ""), "")+`}`), 200, []KeyUnits{{"", "C", 0, 4}, {"GSI1", "G", 0, 2}}},
		{"transaction with a check, which costs what it reads", "TransactWriteItems", transact(`{"ConditionCheck":`+on(a, there)+`}`, `{"Put":`+put(stored("C", "c", 1, "", ""), "")+`}`), 200, []KeyUnits{{"", "A", 0, 10}, {"", "C", 0, 2}}},

		{"failed condition: the existing item", "PutItem", put(stored("A", "a", 1, "", ""), "attribute_not_exists(PK)"), 400, []KeyUnits{{"", "A", 0, 5}}},
		{"failed condition: the item that was not written", "PutItem", put(stored("C", "c", 3, "G", ""), "attribute_exists(PK)"), 400, []KeyUnits{{"", "C", 0, 3}}},
		{"failed condition: nothing", "DeleteItem", on(none, there), 400, []KeyUnits{{"", "C", 0, 1}}},
		{"cancelled transaction: every element", "TransactWriteItems", transact(`{"Put":`+put(stored("C", "c", 3, "G", "H"), "")+`}`, `{"ConditionCheck":`+on(a, missing)+`}`), 400, []KeyUnits{{"", "A", 0, 10}, {"", "C", 0, 6}}},
		{"other refusals are free", "PutItem", put(`{"PK":{"S":"A"}}`, ""), 400, []KeyUnits{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := startMetered(t)
			m.do(t, "PutItem", put(same, ""))
			m.do(t, "PutItem", put(stored("B", "b", 0, "", ""), ""))
			m.proxy.ResetKeys()
			m.line.Begin()
			status, answered := m.do(t, tt.operation, tt.body)
			if status != tt.status || strings.Contains(answered, reportedCapacity) {
				t.Errorf("%d %s", status, answered)
			}
			got := m.proxy.Keys()
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("units by key (-want +got):\n%s", d)
			}
			var read, write float64
			for _, k := range tt.want {
				read, write = read+k.ReadUnits, write+k.WriteUnits
			}
			if r, w := m.line.Units(); r != read || w != write {
				t.Errorf("the event consumed %v read and %v write units, its keys %v and %v", r, w, read, write)
			}
		})
	}
}

// TestSizesAreThoseOfDynamoDBLocal compares computed sizes with the units that DynamoDB
// Local reports for a put.
func TestSizesAreThoseOfDynamoDBLocal(t *testing.T) {
	m := startMetered(t)
	text := rapid.Custom(func(t *rapid.T) types.AttributeValue {
		return &types.AttributeValueMemberS{Value: strings.Repeat(rapid.SampledFrom([]string{"x", "é", "😀"}).Draw(t, "character"), rapid.IntRange(1, 900).Draw(t, "length"))}
	})
	number := rapid.Custom(func(t *rapid.T) types.AttributeValue {
		return &types.AttributeValueMemberN{Value: rapid.StringMatching(`-?[1-9]\d{0,36}`).Draw(t, "number")}
	})
	value := rapid.OneOf(text, number, rapid.Custom(func(t *rapid.T) types.AttributeValue {
		return &types.AttributeValueMemberL{Value: rapid.SliceOfN(rapid.OneOf(text, number), 0, 5).Draw(t, "list")}
	}), rapid.Custom(func(t *rapid.T) types.AttributeValue {
		return &types.AttributeValueMemberM{Value: rapid.MapOfN(rapid.StringMatching("[a-z]{1,9}"), rapid.OneOf(text, number), 0, 5).Draw(t, "map")}
	}), rapid.Custom(func(t *rapid.T) types.AttributeValue {
		return &types.AttributeValueMemberB{Value: rapid.SliceOfN(rapid.Byte(), 1, 500).Draw(t, "bytes")}
	}), rapid.Just[types.AttributeValue](&types.AttributeValueMemberBOOL{Value: true}))
	rapid.Check(t, func(rt *rapid.T) {
		attributes := rapid.MapOfN(rapid.StringMatching("[b-z]{1,9}"), value, 1, 8).Draw(rt, "attributes")
		attributes["PK"] = &types.AttributeValueMemberS{Value: rapid.StringMatching("[a-z0-9]{20}").Draw(rt, "PK")}
		attributes["SK"] = attributes["PK"]
		m.line.Begin()
		out, err := m.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &m.table, Item: attributes, ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes})
		if err != nil {
			rt.Fatal(err)
		}
		seen := slices.Collect(maps.Values(m.proxy.seen.summaries))
		m.proxy.seen.summaries = map[string]itemSummary{}
		if got, want := roundUp(seen[0].size, writeUnit), aws.ToFloat64(out.ConsumedCapacity.CapacityUnits); got != want {
			rt.Errorf("%d bytes, %v units; DynamoDB Local reports %v", seen[0].size, got, want)
		}
	})
}

// TestReportIsKeptForWhoRequestedIt also checks that the changed answer passes the SDK's
// checksum verification.
func TestReportIsKeptForWhoRequestedIt(t *testing.T) {
	m := startMetered(t)
	item := map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "A"}, "SK": &types.AttributeValueMemberS{Value: "a"}}
	for requested, want := range map[types.ReturnConsumedCapacity]bool{"": false, "NONE": false, "TOTAL": true, "INDEXES": true} {
		out, err := m.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &m.table, Item: item, ReturnConsumedCapacity: requested})
		if err != nil {
			t.Fatal(err)
		}
		if got := out.ConsumedCapacity != nil; got != want {
			t.Errorf("%q: reported is %v", requested, got)
		}
	}
}

func TestManyKeysAreDroppedAndStillSumUp(t *testing.T) {
	var l tally
	for i := range maxKeys + 1 {
		l.add([]charge{{pk: fmt.Sprint(i), units: units{read: 1}}, {index: "GSI1", pk: "all", units: units{write: 2}}})
	}
	read, write := 0.0, 0.0
	for _, k := range l.sorted() {
		read, write = read+k.ReadUnits, write+k.WriteUnits
	}
	if read != maxKeys+1 || write != 2*(maxKeys+1) || len(l.keys) > maxKeys {
		t.Errorf("%v and %v units of %d keys", read, write, len(l.keys))
	}
	if top := l.sorted()[0]; top.PK != "all" {
		t.Errorf("the most expensive is %+v", top)
	}
}
