package database

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

// meter measures the capacity that one call consumes, as AWS would bill it.
//
// DynamoDB Local reports the right figures for calls on one item, queries and scans,
// except that it leaves out the minimum charge of a query that finds nothing. The meter
// adds that charge.
//
// For batches and transactions, DynamoDB Local's figures differ from AWS's. DynamoDB
// Local merges elements that consume the same, doubles a transaction's index entries, and
// bills neither the size of a checked item nor a read that finds nothing. So the meter
// computes the figures of batches and transactions from the items' sizes before and after
// the call:
//
//   - An element of a transaction consumes twice what it would alone. Its index
//     entries are not doubled (measured on AWS, see
//     github.com/nubo-db/dynoxide/pull/188).
//   - A condition check consumes the write units of the item that it reads.
//   - An index consumes one unit for a removed entry, one for an added entry, and one
//     for an entry whose projected attributes change. An unchanged entry consumes
//     nothing. Entries are assumed to be smaller than 1 KB.
//   - A failed condition consumes write units for the larger of the existing item and
//     the item that was not written, at least one, and nothing in any index. If a
//     condition of a transaction fails, this applies to each of its elements, doubled.
//
// An item that never passed through the proxy has no known size. The meter treats it as
// small and as absent from the indexes. If a transaction is repeated with the same token,
// the meter bills the repetition like the first call, while DynamoDB bills it as a read.
type meter struct {
	images    *seenItems
	keys      keyNames
	operation string
	call      request
}

// response has the members of answers that the meter needs.
type response struct {
	ConsumedCapacity    json.RawMessage
	Item                item
	Items               []item
	Attributes          item
	Responses           json.RawMessage
	Type                string `json:"__type"`
	CancellationReasons []struct {
		Code string
		Item item
	}
}

// measure returns the capacity that the call consumed, by partition key.
func (m *meter) measure(a answer) []charge {
	var out response
	if json.Unmarshal(a.body, &out) != nil {
		return nil
	}
	if a.status != http.StatusOK {
		return m.failed(out)
	}
	switch m.operation {
	case "GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems":
		return m.read(out)
	case "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems":
		return m.written(out)
	}
	return nil
}

// element is one write of a call.
type element struct {
	table string
	key   item // or the whole item, which contains the key
	// old is empty if the item did not exist or is unknown.
	old image
	// new is nil if the new item is unknown.
	new *image
}

// elements returns the writes of the call, with the items' images from before the call.
func (m *meter) elements() []element {
	var all []element
	add := func(operation string, r request) {
		e := element{table: tableName(r.TableName), key: r.Key}
		switch {
		case r.Item != nil:
			e.key = r.Item
			is := m.images.imageOf(e.table, r.Item)
			e.new = &is
		case strings.HasPrefix(operation, "Delete"):
			e.new = &image{}
		}
		e.old = m.images.get(e.table, e.key)
		all = append(all, e)
	}
	switch m.operation {
	case "TransactWriteItems":
		for _, one := range m.call.TransactItems {
			for name, inner := range one {
				add(name, inner)
			}
		}
	case "BatchWriteItem":
		for table, raw := range m.call.RequestItems {
			var writes []map[string]request
			_ = json.Unmarshal(raw, &writes) // readAccesses has already decoded it
			for _, write := range writes {
				for name, inner := range write {
					inner.TableName = table
					add(name, inner)
				}
			}
		}
	default:
		add(m.operation, m.call)
	}
	return all
}

// estimate returns the write units that the element consumes in the table, computed from
// the known sizes.
func (m *meter) estimate(e element) float64 {
	size := e.old.size
	if e.new != nil {
		size = max(size, e.new.size)
	}
	return m.factor() * roundUp(size, writeUnit)
}

// factor returns two for transactions, because DynamoDB prepares and then commits them,
// and one for other calls.
func (m *meter) factor() float64 {
	if isTransaction(m.operation) {
		return 2
	}
	return 1
}

// failed returns the charges of a call that failed. Only failed conditions are billed.
func (m *meter) failed(out response) []charge {
	_, kind, _ := strings.Cut(out.Type, "#")
	reasons := out.CancellationReasons
	switch {
	case kind == "ConditionalCheckFailedException":
		reasons = append(reasons, struct {
			Code string
			Item item
		}{"ConditionalCheckFailed", out.Item})
	case kind != "TransactionCanceledException":
		return nil
	}
	elements, conditional := m.elements(), false
	var all []charge
	for i := range min(len(elements), len(reasons)) {
		e := elements[i]
		conditional = conditional || reasons[i].Code == "ConditionalCheckFailed"
		if existing := reasons[i].Item; existing != nil {
			e.old = m.images.imageOf(e.table, existing)
			m.images.put(e.table, existing, e.old)
		}
		all = append(all, m.charge(e.table, "", e.key, units{write: m.estimate(e)}))
	}
	if !conditional {
		return nil
	}
	return all
}

// written returns the charges of a successful write, by the partition keys that it
// changed.
func (m *meter) written(out response) []charge {
	elements := m.elements()
	if m.operation == "UpdateItem" && m.call.ReturnValues == "ALL_NEW" {
		is := m.images.imageOf(elements[0].table, out.Attributes)
		elements[0].new = &is
	}
	var all []charge
	for _, e := range elements {
		m.images.put(e.table, e.key, e.left())
		if reportsCapacity[m.operation] {
			all = append(all, m.reported(e, out)...)
			continue
		}
		all = append(all, m.charge(e.table, "", e.key, units{write: m.estimate(e)}))
		for index := range e.indexes() {
			all = append(all, e.moves(index)...)
		}
	}
	return all
}

// reported returns the charges of a call with a single write, as reported by the
// database.
func (m *meter) reported(e element, out response) []charge {
	r, ok := reportIn(out.ConsumedCapacity)
	if !ok {
		return nil
	}
	all := []charge{m.charge(e.table, "", e.key, units{write: r.Table.CapacityUnits})}
	for index, consumed := range r.indexes() {
		moves := e.moves(index)
		if len(moves) == 0 {
			// The meter knows no change of the index, because the item's old image is
			// unknown or outdated.
			moves = []charge{{index: index, pk: e.left().entries[index].pk}}
		}
		for i := range moves {
			moves[i].write = consumed / float64(len(moves))
		}
		all = append(all, moves...)
	}
	return all
}

// left returns the item's image after the write, as far as it is known.
func (e element) left() image {
	if e.new == nil {
		return e.old
	}
	return *e.new
}

// indexes returns the indexes that contain the item before or after the write.
func (e element) indexes() map[string]entry {
	all := map[string]entry{}
	maps.Copy(all, e.old.entries)
	maps.Copy(all, e.left().entries)
	return all
}

// moves returns the charges for the entries that the write removes from the index, adds
// to it or changes.
func (e element) moves(index string) []charge {
	before, removed := e.old.entries[index]
	after, added := e.left().entries[index]
	if before == after {
		return nil
	}
	if removed && added && before.key == after.key {
		return []charge{{index: index, pk: after.pk, units: units{write: 1}}} // only projected attributes changed
	}
	var all []charge
	for place, changed := range map[entry]bool{before: removed, after: added} {
		if changed {
			all = append(all, charge{index: index, pk: place.pk, units: units{write: 1}})
		}
	}
	return all
}

func (m *meter) charge(table, index string, key item, u units) charge {
	c := charge{index: index, units: u}
	if text := key.text(m.keys.of(table, index)); text != nil {
		c.pk = *text
	}
	return c
}

// tableName returns a table's name, given its name or ARN.
func tableName(table string) string { return table[strings.LastIndex(table, "/")+1:] }
