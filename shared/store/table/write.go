package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/shared/livechat"
)

// Write is a part of a transaction. Exactly one of Put, Delete and Check must be set.
type Write struct {
	Put    Item
	Delete *Key
	// Check checks the condition on the item under the key, without writing the item.
	Check *Key
	// If is the condition; empty for none.
	If string
	// Names holds the #names in the condition, as in Update.
	Names  map[string]string
	Values Values
}

// ConditionFailed means that the condition of a write did not hold. Nothing was written,
// not even the transaction's other writes.
type ConditionFailed struct {
	// Index is the index of the write in its transaction.
	Index int
	// Old is the stored item, or nil.
	Old Item
}

func (e *ConditionFailed) Error() string {
	return fmt.Sprintf("the condition of write %d does not hold", e.Index)
}

// Put writes the item if the condition holds. Otherwise it fails with ConditionFailed.
func (t *Table) Put(ctx context.Context, item Item, condition string, values Values) error {
	encoded, err := values.encode()
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{
		TableName:                           &t.name,
		Item:                                item,
		ConditionExpression:                 orNil(condition),
		ExpressionAttributeValues:           encoded,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	return t.untilNoConflict(ctx, "put item", func() error {
		_, err := t.api.PutItem(ctx, in)
		return err
	})
}

// Update describes a change of an item's attributes.
type Update struct {
	// Expression is an update expression, such as "ADD guests :one".
	Expression string
	// If is the condition; empty for none.
	If string
	// Names maps #names in the expressions to attributes whose names are reserved words.
	Names  map[string]string
	Values Values
}

// Update makes the change and returns the changed item if the condition holds. Otherwise
// it fails with ConditionFailed.
func (t *Table) Update(ctx context.Context, key Key, c Update) (Item, error) {
	values, err := c.Values.encode()
	if err != nil {
		return nil, err
	}
	in := &dynamodb.UpdateItemInput{
		TableName:                           &t.name,
		Key:                                 key.item(),
		UpdateExpression:                    &c.Expression,
		ConditionExpression:                 orNil(c.If),
		ExpressionAttributeNames:            c.Names,
		ExpressionAttributeValues:           values,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	var updated Item
	err = t.untilNoConflict(ctx, "update item", func() error {
		out, err := t.api.UpdateItem(ctx, in)
		if err == nil {
			updated = out.Attributes
		}
		return err
	})
	return updated, err
}

// Delete deletes the item if the condition holds. Otherwise it fails with
// ConditionFailed.
func (t *Table) Delete(ctx context.Context, key Key, condition string, names map[string]string, values Values) error {
	encoded, err := values.encode()
	if err != nil {
		return err
	}
	return t.untilNoConflict(ctx, "delete item", func() error {
		_, err := t.api.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName:                 &t.name,
			Key:                       key.item(),
			ConditionExpression:       orNil(condition),
			ExpressionAttributeNames:  names,
			ExpressionAttributeValues: encoded,
		})
		return err
	})
}

// maxWrites is the maximum number of writes in a batch.
const maxWrites = 25

// errNotAllDeleted means that the database repeatedly did only a part of a batch.
var errNotAllDeleted = errors.New("the database left keys of a batch undeleted")

// DeleteAll deletes the items under the keys unconditionally, 25 per round trip.
func (t *Table) DeleteAll(ctx context.Context, keys []Key) error {
	var open []types.WriteRequest
	for _, k := range keys {
		open = append(open, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: k.item()}})
	}
	for b := newBackoff(); len(open) > 0; {
		batch := open[:min(maxWrites, len(open))]
		out, err := t.api.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{t.name: batch},
		})
		if err != nil {
			return fault("delete items", err)
		}
		rest := out.UnprocessedItems[t.name]
		open = append(rest, open[len(batch):]...)
		if len(rest) == 0 {
			b = newBackoff()
			continue
		}
		if err := b.wait(ctx, errNotAllDeleted); err != nil {
			return fmt.Errorf("delete items: %w", err)
		}
	}
	return nil
}

// Transact does all the writes or none. All tries use the same client request token. If a
// transaction succeeds but its response is lost, a retry can report a conflict. With a
// new token, the next try would do the transaction a second time.
func (t *Table) Transact(ctx context.Context, writes ...Write) error {
	return t.TransactOr(ctx, func(context.Context) error { return nil }, writes...)
}

// TransactOr is like Transact, but calls onConflict before each retry after a conflict.
// If onConflict fails, TransactOr returns that error.
func (t *Table) TransactOr(ctx context.Context, onConflict func(context.Context) error, writes ...Write) error {
	items := make([]types.TransactWriteItem, len(writes))
	for i, w := range writes {
		item, err := t.transactItem(w)
		if err != nil {
			return err
		}
		items[i] = item
	}
	in := &dynamodb.TransactWriteItemsInput{TransactItems: items, ClientRequestToken: aws.String(livechat.NewID())}
	return t.untilNoConflictOr(ctx, onConflict, "transaction", func() error {
		_, err := t.api.TransactWriteItems(ctx, in)
		return err
	})
}

func (t *Table) transactItem(w Write) (types.TransactWriteItem, error) {
	values, err := w.Values.encode()
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	const allOld = types.ReturnValuesOnConditionCheckFailureAllOld
	switch {
	case w.Put != nil:
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &t.name, Item: w.Put,
			ConditionExpression: orNil(w.If), ExpressionAttributeNames: w.Names, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: allOld,
		}}, nil
	case w.Delete != nil:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.name, Key: w.Delete.item(),
			ConditionExpression: orNil(w.If), ExpressionAttributeNames: w.Names, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: allOld,
		}}, nil
	case w.Check != nil:
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &t.name, Key: w.Check.item(),
			ConditionExpression: orNil(w.If), ExpressionAttributeNames: w.Names, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: allOld,
		}}, nil
	}
	return types.TransactWriteItem{}, errors.New("a write of a transaction without a put, delete or check")
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return aws.String(s)
}
