package database

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

// access describes what a call does to one table or index, in IAM's terms.
type access struct {
	action   string // dynamodb:GetItem
	resource string // ARN of a table or an index
	// leading holds the partition keys that the call uses. An entry is nil if its key
	// could not be parsed.
	leading []*string
}

// iam converts the access for package iam.
func (a access) iam() iam.Access {
	return iam.Access{Action: a.action, Resource: a.resource, Context: map[string][]*string{iam.LeadingKeys: a.leading}}
}

// request holds the members of DynamoDB calls that the access check or the meter needs.
type request struct {
	TableName     string
	IndexName     string
	Key           item
	Item          item
	TransactItems []map[string]request
	RequestItems  map[string]json.RawMessage

	KeyConditionExpression    string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues item

	ConsistentRead       bool
	ProjectionExpression string
	AttributesToGet      []string
	Select               string
	ReturnValues         string
}

// readAccesses returns the accesses of a call. A batch or transaction can have several.
func readAccesses(target string, body []byte, keys keyNames) ([]access, error) {
	_, operation, ok := strings.Cut(target, ".")
	if !ok {
		return nil, fmt.Errorf("no operation in X-Amz-Target %q", target)
	}
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("read the call: %w", err)
	}
	switch operation {
	case "TransactWriteItems", "TransactGetItems":
		return r.transaction(keys)
	case "BatchGetItem":
		return r.batchGet(keys)
	case "BatchWriteItem":
		return r.batchWrite(keys)
	case "Query":
		a := newAccess(operation, r.TableName, r.IndexName)
		a.leading = []*string{r.queriedKey(keys.partitionKey(r.TableName, r.IndexName))}
		return []access{a}, nil
	default:
		return []access{r.single(operation, keys)}, nil
	}
}

// single returns the access of a call, or of a transaction's element, on one table.
func (r request) single(operation string, keys keyNames) access {
	a := newAccess(operation, r.TableName, r.IndexName)
	for _, i := range []item{r.Key, r.Item} {
		if i != nil {
			a.leading = append(a.leading, i.attributeText(keys.partitionKey(r.TableName, "")))
		}
	}
	return a
}

// elements maps the kinds of a transaction's elements to the operations that IAM checks.
var elements = map[string]string{
	"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem",
	"ConditionCheck": "ConditionCheckItem", "Get": "GetItem",
}

func (r request) transaction(keys keyNames) ([]access, error) {
	var all []access
	for _, element := range r.TransactItems {
		for name, inner := range element {
			operation, ok := elements[name]
			if !ok {
				return nil, fmt.Errorf("unknown element %q of a transaction", name)
			}
			all = append(all, inner.single(operation, keys))
		}
	}
	return all, nil
}

func (r request) batchGet(keys keyNames) ([]access, error) {
	var all []access
	for _, table := range slices.Sorted(maps.Keys(r.RequestItems)) {
		var wanted struct{ Keys []item }
		if err := json.Unmarshal(r.RequestItems[table], &wanted); err != nil {
			return nil, fmt.Errorf("read the batch: %w", err)
		}
		a := newAccess("BatchGetItem", table, "")
		for _, k := range wanted.Keys {
			a.leading = append(a.leading, k.attributeText(keys.partitionKey(table, "")))
		}
		all = append(all, a)
	}
	return all, nil
}

func (r request) batchWrite(keys keyNames) ([]access, error) {
	var all []access
	for _, table := range slices.Sorted(maps.Keys(r.RequestItems)) {
		var writes []map[string]request
		if err := json.Unmarshal(r.RequestItems[table], &writes); err != nil {
			return nil, fmt.Errorf("read the batch: %w", err)
		}
		a := newAccess("BatchWriteItem", table, "")
		for _, write := range writes {
			for _, inner := range write {
				inner.TableName = table
				a.leading = append(a.leading, inner.single("", keys).leading...)
			}
		}
		all = append(all, a)
	}
	return all, nil
}

// newAccess uses the resource * for a call without a table, like ListTables.
func newAccess(operation, table, index string) access {
	resource := "*"
	if table != "" {
		resource = table
		if !strings.HasPrefix(table, "arn:") {
			resource = template.TableARN(table)
		}
	}
	if index != "" {
		resource += "/index/" + index
	}
	return access{action: "dynamodb:" + operation, resource: resource}
}
