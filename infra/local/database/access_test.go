package database

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

var table = template.Table{ID: "Table", CreateInput: &dynamodb.CreateTableInput{
	TableName: aws.String("Table"),
	KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("PK"), KeyType: types.KeyTypeHash}},
	GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
		IndexName: aws.String("GSI1"),
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("GSI1PK"), KeyType: types.KeyTypeHash}},
	}},
}}

func allow(resource string, actions ...string) template.Statement {
	return template.Statement{Allow: true, Actions: actions, Resources: []string{resource}}
}

func TestWhatCallsNeed(t *testing.T) {
	arn := template.TableARN("Table")
	leading := func(operator, pattern string) template.Statement {
		s := allow(arn, "dynamodb:*")
		s.Condition = map[string]map[string][]string{operator: {"dynamodb:LeadingKeys": {pattern}}}
		return s
	}
	tests := map[string]struct {
		statements []template.Statement
		operation  string
		body       string
		refused    string // refused action and resource; empty if the access is allowed
	}{
		"granted": {
			[]template.Statement{allow(arn, "dynamodb:GetItem")}, "GetItem", `{"TableName":"Table"}`, "",
		},
		"nothing granted": {
			nil, "GetItem", `{"TableName":"Table"}`, "dynamodb:GetItem table/Table",
		},
		"another action granted": {
			[]template.Statement{allow(arn, "dynamodb:Query")}, "PutItem", `{"TableName":"Table"}`, "dynamodb:PutItem table/Table",
		},
		"another table granted": {
			[]template.Statement{allow(arn, "dynamodb:GetItem")}, "GetItem", `{"TableName":"Table2"}`, "dynamodb:GetItem table/Table2",
		},
		"a grant for a table does not cover its index": {
			[]template.Statement{allow(arn, "dynamodb:Query")}, "Query", `{"TableName":"Table","IndexName":"GSI1"}`, "dynamodb:Query table/Table/index/GSI1",
		},
		"a grant for an index does not cover its table": {
			[]template.Statement{allow(arn+"/index/GSI1", "dynamodb:Query")}, "Query", `{"TableName":"Table"}`, "dynamodb:Query table/Table",
		},
		"index by wildcard": {
			[]template.Statement{allow(arn+"/index/*", "dynamodb:Query")}, "Query", `{"TableName":"Table","IndexName":"GSI1"}`, "",
		},
		"action by wildcard": {
			[]template.Statement{allow(arn, "dynamodb:Get????")}, "GetItem", `{"TableName":"Table"}`, "",
		},
		"deny wins": {
			[]template.Statement{
				{Actions: []string{"dynamodb:DeleteItem"}, Resources: []string{"*"}}, allow("*", "*"),
			}, "DeleteItem", `{"TableName":"Table"}`, "dynamodb:DeleteItem table/Table",
		},
		"each element of a transaction": {
			[]template.Statement{allow(arn, "dynamodb:PutItem")}, "TransactWriteItems",
			`{"TransactItems":[{"Put":{"TableName":"Table"}},{"ConditionCheck":{"TableName":"Table"}}]}`, "dynamodb:ConditionCheckItem table/Table",
		},
		"a transaction of granted elements": {
			[]template.Statement{allow(arn, "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem")}, "TransactWriteItems",
			`{"TransactItems":[{"Put":{"TableName":"Table"}},{"Delete":{"TableName":"Table"}},{"Update":{"TableName":"Table"}}]}`, "",
		},
		"reads of a transaction": {
			[]template.Statement{allow(arn, "dynamodb:TransactGetItems")}, "TransactGetItems",
			`{"TransactItems":[{"Get":{"TableName":"Table"}}]}`, "dynamodb:GetItem table/Table",
		},
		"a batch needs its own action": {
			[]template.Statement{allow(arn, "dynamodb:PutItem")}, "BatchWriteItem",
			`{"RequestItems":{"Table":[{"PutRequest":{"Item":{}}}]}}`, "dynamodb:BatchWriteItem table/Table",
		},
		"each table of a batch": {
			[]template.Statement{allow(arn, "dynamodb:BatchGetItem")}, "BatchGetItem",
			`{"RequestItems":{"Table":{"Keys":[]},"Table2":{"Keys":[]}}}`, "dynamodb:BatchGetItem table/Table2",
		},
		"a call without a table": {
			[]template.Statement{allow(arn, "dynamodb:*")}, "ListTables", `{}`, "dynamodb:ListTables *",
		},
		"leading key matches": {
			[]template.Statement{leading("ForAllValues:StringLike", "VISITOR#*")}, "GetItem",
			`{"TableName":"Table","Key":{"PK":{"S":"VISITOR#a"}}}`, "",
		},
		"leading key does not match": {
			[]template.Statement{leading("ForAllValues:StringLike", "VISITOR#*")}, "PutItem",
			`{"TableName":"Table","Item":{"PK":{"S":"USER#a"}}}`, "dynamodb:PutItem table/Table",
		},
		"one leading key of a batch does not match": {
			[]template.Statement{leading("ForAllValues:StringEquals", "A")}, "BatchWriteItem",
			`{"RequestItems":{"Table":[{"PutRequest":{"Item":{"PK":{"S":"A"}}}},{"DeleteRequest":{"Key":{"PK":{"S":"B"}}}}]}}`, "dynamodb:BatchWriteItem table/Table",
		},
		"leading key of a query": {
			[]template.Statement{leading("ForAllValues:StringEquals", "A")}, "Query",
			`{"TableName":"Table","KeyConditionExpression":"#s > :s AND #p = :p","ExpressionAttributeNames":{"#p":"PK","#s":"SK"},"ExpressionAttributeValues":{":p":{"S":"A"},":s":{"S":"B"}}}`, "",
		},
		"leading key of a query unknown": {
			[]template.Statement{leading("ForAllValues:StringEquals", "A")}, "Query",
			`{"TableName":"Table","KeyConditionExpression":"SK = :p","ExpressionAttributeValues":{":p":{"S":"A"}}}`, "dynamodb:Query table/Table",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			roles, err := iam.New(map[string][]template.Statement{"Room": tt.statements}, func(string) {})
			if err != nil {
				t.Fatal(err)
			}
			accesses, err := readAccesses("DynamoDB_20120810."+tt.operation, []byte(tt.body), keysOf([]template.Table{table}))
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range accesses {
				_ = roles.May("Room", a.iam()) // May records the refusal
			}
			if d := cmp.Diff(tt.refused, strings.Join(roles.Permissions()["Room"].Refused, ", ")); d != "" {
				t.Error(d)
			}
		})
	}
}
