package database

import (
	"encoding/json"
	"hash/fnv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"livechat/infra/local/template"
)

// itemSummary holds what the meter needs to know about a stored item. The summary of an
// item that does not exist is empty.
type itemSummary struct {
	size int
	// entries are the item's index entries, by index.
	entries map[string]indexEntry
}

// indexEntry describes an item's entry in an index.
type indexEntry struct {
	pk        string // value of the index's partition key
	id        string // identifies the entry's whole key
	projected uint64 // hash of the projected attributes
}

// seenItems remembers summaries of the items that passed through the proxy. The meter
// needs them, because a delete call contains neither the size of the deleted item nor its
// index entries. Writes that bypass the proxy are not seen, so a summary can be outdated.
type seenItems struct {
	keys keyNames
	// projected holds the names of an index's projected non-key attributes, by
	// table/index.
	projected map[string][]string

	mu        sync.Mutex
	summaries map[string]itemSummary // by itemID
}

// maxSeenItems bounds the memory. A summary takes about 300 bytes.
const maxSeenItems = 50_000

func newSeenItems(tables []template.Table, keys keyNames) *seenItems {
	s := &seenItems{keys: keys, projected: map[string][]string{}, summaries: map[string]itemSummary{}}
	for _, t := range tables {
		for _, i := range t.CreateInput.GlobalSecondaryIndexes {
			if i.Projection != nil {
				s.projected[aws.ToString(t.CreateInput.TableName)+"/"+aws.ToString(i.IndexName)] = i.Projection.NonKeyAttributes
			}
		}
	}
	return s
}

// summarize returns the summary of an item of the table.
func (s *seenItems) summarize(table string, i item) itemSummary {
	summary := itemSummary{size: i.size(), entries: map[string]indexEntry{}}
	for name, key := range s.keys {
		index, ok := strings.CutPrefix(name, table+"/")
		if !ok {
			continue
		}
		if id, ok := s.keys.itemID(name, i); ok {
			summary.entries[index] = indexEntry{pk: keyText(i[key[0]]), id: id, projected: i.hash(s.projected[name])}
		}
	}
	return summary
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

// get returns the summary of the item with the key, or an empty summary if the item is
// unknown.
func (s *seenItems) get(table string, key item) itemSummary {
	id, _ := s.keys.itemID(table, key)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.summaries[id]
}

// put remembers the summary of the item with the key. key may also be the whole item. If
// the summary is empty, put forgets the item.
func (s *seenItems) put(table string, key item, summary itemSummary) {
	id, ok := s.keys.itemID(table, key)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if summary.size == 0 {
		delete(s.summaries, id)
		return
	}
	if _, known := s.summaries[id]; !known && len(s.summaries) == maxSeenItems {
		for other := range s.summaries {
			delete(s.summaries, other)
			break
		}
	}
	s.summaries[id] = summary
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
