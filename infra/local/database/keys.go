package database

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/infra/local/template"
)

// keyNames maps a table, or table/index, to the names of its key attributes, the
// partition key first.
type keyNames map[string][]string

func keysOf(tables []template.Table) keyNames {
	names := keyNames{}
	for _, t := range tables {
		table := aws.ToString(t.CreateInput.TableName)
		names[table] = attributeNames(t.CreateInput.KeySchema)
		for _, i := range t.CreateInput.GlobalSecondaryIndexes {
			names[table+"/"+aws.ToString(i.IndexName)] = attributeNames(i.KeySchema)
		}
	}
	return names
}

func attributeNames(schema []types.KeySchemaElement) []string {
	var names []string
	for _, e := range schema {
		names = append(names, aws.ToString(e.AttributeName))
	}
	return names
}

// partitionKey returns the name of the partition key of a table or, if index is not
// empty, of its index. It returns an empty name for an unknown table or index.
func (k keyNames) partitionKey(table, index string) string {
	name := tableName(table)
	if index != "" {
		name += "/" + index
	}
	if len(k[name]) == 0 {
		return ""
	}
	return k[name][0]
}

// tableName returns a table's name, given its name or ARN.
func tableName(table string) string { return table[strings.LastIndex(table, "/")+1:] }

// itemID returns a text that identifies the item by its key in the table or table/index
// of the given name. It returns false if the item lacks the key.
func (k keyNames) itemID(name string, i item) (id string, ok bool) {
	var key []any
	for _, attribute := range k[name] {
		value, ok := i[attribute]
		if !ok {
			return "", false
		}
		key = append(key, value)
	}
	return name + string(encoded(key)), len(key) > 0
}

// item is an item in DynamoDB's JSON: {"PK": {"S": "…"}}.
type item map[string]map[string]json.RawMessage

// attributeText returns the value of a string or number attribute, or nil for anything else.
func (i item) attributeText(attribute string) *string {
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
			return r.ExpressionAttributeValues.attributeText(m[2])
		}
	}
	return nil
}
