package table

import (
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Key is the key of one item.
type Key struct{ PK, SK string }

// Item holds an item's attributes by name.
type Item map[string]types.AttributeValue

// Values are the values of an expression's :names.
type Values map[string]any

// Names of the key attributes, which every item has in addition to its document.
const (
	attributePK = "PK"
	attributeSK = "SK"
)

// NewItem returns an item with the key, the document's members, and further attributes
// that are not part of the document.
func NewItem(key Key, document any, further Values) (Item, error) {
	item, err := attributevalue.MarshalMapWithOptions(document, encoding)
	if err != nil {
		return nil, fmt.Errorf("encode item %T: %w", document, err)
	}
	more, err := further.encode()
	if err != nil {
		return nil, err
	}
	maps.Copy(item, more)
	maps.Copy(item, key.item())
	return item, nil
}

// Decode decodes the item into the document, ignoring attributes that the document lacks.
func (i Item) Decode(document any) error {
	if err := attributevalue.UnmarshalMapWithOptions(i, document, decoding); err != nil {
		return fmt.Errorf("decode item as %T: %w", document, err)
	}
	return nil
}

// Key returns the item's key.
func (i Item) Key() Key {
	return Key{PK: i.Text(attributePK), SK: i.Text(attributeSK)}
}

// Text returns the attribute, or "" if it is missing or not a string.
func (i Item) Text(attribute string) string {
	if s, ok := i[attribute].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func (k Key) item() Item {
	return Item{
		attributePK: &types.AttributeValueMemberS{Value: k.PK},
		attributeSK: &types.AttributeValueMemberS{Value: k.SK},
	}
}

func (v Values) encode() (Item, error) {
	if len(v) == 0 {
		return nil, nil
	}
	item, err := attributevalue.MarshalMapWithOptions(map[string]any(v), encoding)
	if err != nil {
		return nil, fmt.Errorf("encode values: %w", err)
	}
	return item, nil
}

// Attributes have the documents' JSON names. Times are numbers, because the wire format's
// text takes three times as many bytes.

func encoding(o *attributevalue.EncoderOptions) { o.TagKey = "json" }

func decoding(o *attributevalue.DecoderOptions) { o.TagKey = "json" }

// DecodeAll decodes each of the items.
func DecodeAll[T any](items []Item) ([]T, error) {
	documents := make([]T, len(items))
	for i, item := range items {
		if err := item.Decode(&documents[i]); err != nil {
			return nil, err
		}
	}
	return documents, nil
}
