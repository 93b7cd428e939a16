package database

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/infra/local/template"
)

// keyNames maps a table, or table/index, to the name of its partition key attribute.
type keyNames map[string]string

func keysOf(tables []template.Table) keyNames {
	names := keyNames{}
	for _, t := range tables {
		table := aws.ToString(t.CreateInput.TableName)
		names[table] = partitionKey(t.CreateInput.KeySchema)
		for _, i := range t.CreateInput.GlobalSecondaryIndexes {
			names[table+"/"+aws.ToString(i.IndexName)] = partitionKey(i.KeySchema)
		}
		for _, i := range t.CreateInput.LocalSecondaryIndexes {
			names[table+"/"+aws.ToString(i.IndexName)] = partitionKey(i.KeySchema)
		}
	}
	return names
}

func (k keyNames) of(table, index string) string {
	table = table[strings.LastIndex(table, "/")+1:] // table may be an ARN
	if index == "" {
		return k[table]
	}
	return k[table+"/"+index]
}

func partitionKey(schema []types.KeySchemaElement) string {
	for _, e := range schema {
		if e.KeyType == types.KeyTypeHash {
			return aws.ToString(e.AttributeName)
		}
	}
	return ""
}

// item is an item in DynamoDB's JSON: {"PK": {"S": "…"}}.
type item map[string]map[string]json.RawMessage

// text returns the value of a string or number attribute, or nil for anything else.
func (i item) text(attribute string) *string {
	for _, kind := range []string{"S", "N"} {
		var s string
		if raw, ok := i[attribute][kind]; ok && json.Unmarshal(raw, &s) == nil {
			return &s
		}
	}
	return nil
}

// equality matches a term "name = :value" of a key condition. The term for the partition
// key always has this form.
var equality = regexp.MustCompile(`([#\w.-]+)\s*=\s*(:\w+)`)

func (r request) queriedKey(attribute string) *string {
	for _, m := range equality.FindAllStringSubmatch(r.KeyConditionExpression, -1) {
		name := m[1]
		if alias, ok := r.ExpressionAttributeNames[name]; ok {
			name = alias
		}
		if name == attribute {
			return r.ExpressionAttributeValues.text(m[2])
		}
	}
	return nil
}
