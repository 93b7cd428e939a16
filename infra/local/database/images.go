package database

import (
	"encoding/json"
	"hash/fnv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat/infra/local/template"
)

// image holds what the meter needs to know about a stored item.
type image struct {
	size int // 0 for an item that does not exist
	// entries are the item's index entries, by index.
	entries map[string]entry
}

// entry describes an item's entry in an index. It has the entry's partition key, its
// whole key, and a hash of the projected attributes.
type entry struct {
	pk, key   string
	projected uint64
}

// seenItems remembers images of the items that passed through the proxy. The meter needs
// them, because a delete call contains neither the size of the deleted item nor its index
// entries. Writes that bypass the proxy are not seen, so an image can be outdated.
type seenItems struct {
	// keys holds the names of the key attributes, by table and by table/index.
	keys map[string][]string
	// projected holds the names of an index's projected non-key attributes, by
	// table/index.
	projected map[string][]string

	mu    sync.Mutex
	known map[string]image // by table and key
}

// maxImages bounds the memory. An image takes about 300 bytes.
const maxImages = 50_000

func newImages(tables []template.Table) *seenItems {
	m := &seenItems{keys: map[string][]string{}, projected: map[string][]string{}, known: map[string]image{}}
	for _, t := range tables {
		table := aws.ToString(t.CreateInput.TableName)
		m.keys[table] = attributes(t.CreateInput.KeySchema)
		for _, i := range t.CreateInput.GlobalSecondaryIndexes {
			index := table + "/" + aws.ToString(i.IndexName)
			m.keys[index] = attributes(i.KeySchema)
			if i.Projection != nil {
				m.projected[index] = i.Projection.NonKeyAttributes
			}
		}
		for _, i := range t.CreateInput.LocalSecondaryIndexes {
			m.keys[table+"/"+aws.ToString(i.IndexName)] = attributes(i.KeySchema)
		}
	}
	return m
}

func attributes(schema []types.KeySchemaElement) []string {
	var names []string
	for _, e := range schema {
		names = append(names, aws.ToString(e.AttributeName))
	}
	return names
}

// place returns a text that identifies the item by its table, or table/index, and its key
// there. It returns false if the item lacks the key.
func (m *seenItems) place(table string, i item) (string, bool) {
	var key []any
	for _, name := range m.keys[table] {
		value, ok := i[name]
		if !ok {
			return "", false
		}
		key = append(key, value)
	}
	return table + string(encoded(key)), len(key) > 0
}

// imageOf computes the image of an item.
func (m *seenItems) imageOf(table string, i item) image {
	is := image{size: i.size(), entries: map[string]entry{}}
	for name := range m.keys {
		index, ok := strings.CutPrefix(name, table+"/")
		if !ok {
			continue
		}
		if key, ok := m.place(name, i); ok {
			is.entries[index] = entry{pk: keyText(i[m.keys[name][0]]), key: key, projected: i.hash(m.projected[name])}
		}
	}
	return is
}

// hash returns a hash of the attributes' values. It does not depend on the order of map
// members, which clients choose freely.
func (i item) hash(attributes []string) uint64 {
	h := fnv.New64a()
	for _, name := range attributes {
		var value any
		_ = json.Unmarshal(encoded(i[name]), &value) // encoded returns valid JSON
		_, _ = h.Write(encoded(value))               // never fails
	}
	return h.Sum64()
}

// get returns the image of the item with the key, or an empty image if the item is
// unknown.
func (m *seenItems) get(table string, key item) image {
	m.mu.Lock()
	defer m.mu.Unlock()
	place, _ := m.place(table, key)
	return m.known[place]
}

// put remembers the image of the item with the key. key may also be the whole item. If
// the image is empty, put forgets the item.
func (m *seenItems) put(table string, key item, is image) {
	place, ok := m.place(table, key)
	if !ok {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if is.size == 0 {
		delete(m.known, place)
		return
	}
	if _, known := m.known[place]; !known && len(m.known) == maxImages {
		for one := range m.known {
			delete(m.known, one)
			break
		}
	}
	m.known[place] = is
}

// keyText returns the value of a key attribute as text. Binary values stay in base64.
func keyText(value map[string]json.RawMessage) string {
	for _, raw := range value {
		var text string
		_ = json.Unmarshal(raw, &text) // the database refuses other values
		return text
	}
	return ""
}
