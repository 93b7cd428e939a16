package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Get returns the item under the key; nil when there is none.
func (t *Table) Get(ctx context.Context, key Key) (Item, error) {
	out, err := t.api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &t.name,
		Key:            key.item(),
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, fault("get item", err)
	}
	return out.Item, nil
}

// errNotAllRead is a batch that the database kept answering in part.
var errNotAllRead = errors.New("the database left keys of a batch unread")

// MostKeys is how many items one batch may read.
const MostKeys = 100

// BatchGet returns the items under the keys, at most MostKeys, that there are,
// in one round trip.
func (t *Table) BatchGet(ctx context.Context, keys ...Key) (map[Key]Item, error) {
	found := map[Key]Item{}
	if len(keys) == 0 {
		return found, nil
	}
	wanted := types.KeysAndAttributes{ConsistentRead: aws.Bool(true)}
	for _, k := range keys {
		wanted.Keys = append(wanted.Keys, k.item())
	}
	for b := newBackoff(); ; {
		out, err := t.api.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{t.name: wanted},
		})
		if err != nil {
			return nil, fault("get items", err)
		}
		for _, item := range out.Responses[t.name] {
			found[Item(item).Key()] = item
		}
		// A throttled table answers a part of the batch, and no error.
		rest, more := out.UnprocessedKeys[t.name]
		if !more || len(rest.Keys) == 0 {
			return found, nil
		}
		wanted = rest
		if err := b.wait(ctx, errNotAllRead); err != nil {
			return nil, fmt.Errorf("get items: %w", err)
		}
	}
}

// Partition is a run of items that share a partition key, by sort key.
type Partition struct {
	PK string
	// From and To bound the sort key, both included; empty for all items.
	From, To string
	// Only names the attributes to read; empty for all.
	Only string
}

// Query returns the items of the partition, page by page until its end.
func (t *Table) Query(ctx context.Context, p Partition) ([]Item, error) {
	values := Values{":pk": p.PK}
	condition := "PK = :pk"
	if p.From != "" {
		condition += " AND SK BETWEEN :from AND :to"
		values[":from"], values[":to"] = p.From, p.To
	}
	encoded, err := values.encode()
	if err != nil {
		return nil, err
	}
	in := &dynamodb.QueryInput{
		TableName:                 &t.name,
		KeyConditionExpression:    &condition,
		ExpressionAttributeValues: encoded,
		ProjectionExpression:      orNil(p.Only),
		ConsistentRead:            aws.Bool(true),
	}
	var items []Item
	for pages := dynamodb.NewQueryPaginator(t.api, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fault("query", err)
		}
		for _, item := range page.Items {
			items = append(items, item)
		}
	}
	return items, nil
}

// QueryIndex returns the keys of the items that the index has under a value. It
// lags: for a moment after a write it may miss an item, or name one that is
// elsewhere by now.
func (t *Table) QueryIndex(ctx context.Context, index, attribute, value string) ([]Key, error) {
	encoded, err := Values{":value": value}.encode()
	if err != nil {
		return nil, err
	}
	in := &dynamodb.QueryInput{
		TableName:                 &t.name,
		IndexName:                 &index,
		KeyConditionExpression:    aws.String(attribute + " = :value"),
		ExpressionAttributeValues: encoded,
	}
	var keys []Key
	for pages := dynamodb.NewQueryPaginator(t.api, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fault("query index "+index, err)
		}
		for _, item := range page.Items {
			keys = append(keys, Item(item).Key())
		}
	}
	return keys, nil
}
