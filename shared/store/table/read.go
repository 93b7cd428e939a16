package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Get returns the item under the key, or nil.
func (t *Table) Get(ctx context.Context, key Key) (Item, error) {
	return t.get(ctx, true, key)
}

// GetEventually is like Get at half the price, but the item may be slightly outdated.
func (t *Table) GetEventually(ctx context.Context, key Key) (Item, error) {
	return t.get(ctx, false, key)
}

func (t *Table) get(ctx context.Context, consistent bool, key Key) (Item, error) {
	out, err := t.api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name, Key: key.item(), ConsistentRead: &consistent,
	})
	if err != nil {
		return nil, fault("get item", err)
	}
	return out.Item, nil
}

// errNotAllRead means that the database repeatedly returned only a part of a batch.
var errNotAllRead = errors.New("the database left keys of a batch unread")

// MaxKeys is the maximum number of items that one batch can read.
const MaxKeys = 100

// BatchGet returns the existing items under the keys, at most MaxKeys, in one round trip.
func (t *Table) BatchGet(ctx context.Context, keys ...Key) (map[Key]Item, error) {
	return t.batchGet(ctx, true, keys)
}

// BatchGetEventually is like BatchGet at half the price, but the items may be slightly
// outdated.
func (t *Table) BatchGetEventually(ctx context.Context, keys ...Key) (map[Key]Item, error) {
	return t.batchGet(ctx, false, keys)
}

func (t *Table) batchGet(ctx context.Context, consistent bool, keys []Key) (map[Key]Item, error) {
	found := map[Key]Item{}
	if len(keys) == 0 {
		return found, nil
	}
	wanted := types.KeysAndAttributes{ConsistentRead: &consistent}
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
		// A throttled table returns a part of the batch without an error.
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

// Partition selects items with the partition key PK by their sort keys.
type Partition struct {
	PK string
	// From and To are the inclusive bounds of the sort key. If From is empty, all items
	// are selected.
	From, To string
	// Only lists the attributes to read. If it is empty, all attributes are read. Names
	// holds the #names in Only, as in Update.
	Only  string
	Names map[string]string
	// Eventually halves the price, but the items may be slightly outdated.
	Eventually bool
}

// Query returns all items that p selects.
func (t *Table) Query(ctx context.Context, p Partition) ([]Item, error) {
	var items []Item
	err := t.Each(ctx, p, func(item Item) error {
		items = append(items, item)
		return nil
	})
	return items, err
}

// QueryKeys returns the keys of all items of the partition.
func (t *Table) QueryKeys(ctx context.Context, pk string) ([]Key, error) {
	items, err := t.Query(ctx, Partition{PK: pk, Only: "PK, SK"})
	return keysOf(items), err
}

// Each calls f for each item that p selects, until f fails.
func (t *Table) Each(ctx context.Context, p Partition, f func(Item) error) error {
	values := Values{":pk": p.PK}
	condition := "PK = :pk"
	if p.From != "" {
		condition += " AND SK BETWEEN :from AND :to"
		values[":from"], values[":to"] = p.From, p.To
	}
	encoded, err := values.encode()
	if err != nil {
		return err
	}
	in := &dynamodb.QueryInput{
		TableName:                 &t.name,
		KeyConditionExpression:    &condition,
		ExpressionAttributeNames:  p.Names,
		ExpressionAttributeValues: encoded,
		ProjectionExpression:      orNil(p.Only),
		ConsistentRead:            aws.Bool(!p.Eventually),
	}
	for pages := dynamodb.NewQueryPaginator(t.api, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fault("query", err)
		}
		for _, item := range page.Items {
			if err := f(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// Page is one page of a partition or an index.
type Page struct {
	// Items read from an index have only their keys and the projected attributes.
	Items []Item
	// Next is the position at which the next page starts. It is nil if this page is the
	// last.
	Next Item
	// Units are the read units that the page cost.
	Units float64
}

// Keys returns the keys of the page's items.
func (p Page) Keys() []Key { return keysOf(p.Items) }

// QueryLatest returns a page of at most limit items of the partition, greatest sort keys
// first. from is the Next of the previous page.
func (t *Table) QueryLatest(ctx context.Context, p Partition, limit int, from Item) (Page, error) {
	values, err := Values{":pk": p.PK, ":from": p.From, ":to": p.To}.encode()
	if err != nil {
		return Page{}, err
	}
	return t.page(ctx, "query", &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND SK BETWEEN :from AND :to"),
		ExpressionAttributeValues: values,
		ConsistentRead:            aws.Bool(true),
		ScanIndexForward:          aws.Bool(false),
	}, limit, from)
}

func (t *Table) page(ctx context.Context, op string, in *dynamodb.QueryInput, limit int, from Item) (Page, error) {
	in.TableName, in.Limit, in.ExclusiveStartKey = &t.name, aws.Int32(int32(limit)), from
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := t.api.Query(ctx, in)
	if err != nil {
		return Page{}, fault(op, err)
	}
	page := Page{Next: out.LastEvaluatedKey}
	for _, item := range out.Items {
		page.Items = append(page.Items, item)
	}
	if out.ConsumedCapacity != nil {
		page.Units = aws.ToFloat64(out.ConsumedCapacity.CapacityUnits)
	}
	return page, nil
}

// Range selects items of an index whose partition key is Value and whose sort key is
// between From and To, inclusive. If From is empty, there is no lower bound.
type Range struct {
	Index, PK, SK   string
	Value, From, To string
	// Latest returns the greatest sort keys first.
	Latest bool
}

// QueryRange returns a page of at most limit items in the order of their sort keys. from
// is the Next of the previous page. The index lags, see QueryIndex.
func (t *Table) QueryRange(ctx context.Context, r Range, limit int, from Item) (Page, error) {
	named, condition := Values{":value": r.Value, ":to": r.To}, r.SK+" <= :to"
	if r.From != "" {
		named[":from"], condition = r.From, r.SK+" BETWEEN :from AND :to"
	}
	values, err := named.encode()
	if err != nil {
		return Page{}, err
	}
	return t.page(ctx, "query index "+r.Index, &dynamodb.QueryInput{
		IndexName:                 &r.Index,
		KeyConditionExpression:    aws.String(r.PK + " = :value AND " + condition),
		ExpressionAttributeValues: values,
		ScanIndexForward:          aws.Bool(!r.Latest),
	}, limit, from)
}

// QueryIndex returns the keys of the items whose index key is value. The index lags, so
// right after a write it may lack an item or contain an outdated key.
func (t *Table) QueryIndex(ctx context.Context, index, attribute, value string) ([]Key, error) {
	var keys []Key
	err := t.EachKeys(ctx, index, attribute, value, func(page []Key) error {
		keys = append(keys, page...)
		return nil
	})
	return keys, err
}

// EachKeys calls f for each page of the keys that QueryIndex returns, until f fails.
func (t *Table) EachKeys(ctx context.Context, index, attribute, value string, f func([]Key) error) error {
	encoded, err := Values{":value": value}.encode()
	if err != nil {
		return err
	}
	in := &dynamodb.QueryInput{
		TableName:                 &t.name,
		IndexName:                 &index,
		KeyConditionExpression:    aws.String(attribute + " = :value"),
		ExpressionAttributeValues: encoded,
	}
	for pages := dynamodb.NewQueryPaginator(t.api, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fault("query index "+index, err)
		}
		if err := f(keysOf(page.Items)); err != nil {
			return err
		}
	}
	return nil
}

func keysOf[I ~map[string]types.AttributeValue](items []I) []Key {
	keys := make([]Key, len(items))
	for i, item := range items {
		keys[i] = Item(item).Key()
	}
	return keys
}
