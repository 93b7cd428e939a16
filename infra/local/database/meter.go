package database

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

// meter measures what one call consumes, as AWS bills it.
//
// A call on one item, a query and a scan consume what DynamoDB Local reports, and a
// query that finds nothing the least it can, which DynamoDB Local leaves out.
//
// What it reports for batches and transactions is not what AWS bills: it merges
// elements that consume the same, doubles the indexes of a transaction, and bills
// neither the size of an item that is checked nor a read that finds nothing. So these
// are computed, of the sizes of the items before and after:
//
//   - An element of a transaction consumes the double of what it would alone. Its
//     index entries are not doubled (measured on AWS, see
//     github.com/nubo-db/dynoxide/pull/188).
//   - A condition check consumes the write units of the item that it reads.
//   - An index consumes a unit for the entry that is removed, and one for the entry that
//     is added; one for an entry whose projected attributes change, and nothing while
//     they stay. Entries are taken to be smaller than 1 KB.
//   - A failed condition consumes write units for the larger of the item that exists
//     and the item that was not written, one at least, and none of any index. A failed
//     condition of a transaction does so for each of its elements, doubled.
//
// An item that never passed through the proxy has no known size: it counts as small,
// and as absent from the indexes. A transaction that is repeated with its token is
// billed again; DynamoDB bills the repetition as a read.
type meter struct {
	images    *images
	keys      keyNames
	operation string
	call      request
}

// response has the members of all answers that tell what was consumed.
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

// measure returns what the call consumed, by partition key.
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
	key   item // or the whole item, which contains its key
	// old is empty if the item did not exist, or is not known.
	old image
	// new is nil if it is not known.
	new *image
}

// elements returns the writes of the call, with what was there before.
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
			_ = json.Unmarshal(raw, &writes) // the access was read from it
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

// estimate returns the write units of the table that the element consumes by the
// sizes that are known.
func (m *meter) estimate(e element) float64 {
	size := e.old.size
	if e.new != nil {
		size = max(size, e.new.size)
	}
	return m.factor() * roundUp(size, writeUnit)
}

// factor is two for transactions: DynamoDB prepares and then commits.
func (m *meter) factor() float64 {
	if isTransaction(m.operation) {
		return 2
	}
	return 1
}

// failed bills failed conditions. Other calls that the database refuses are free.
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

// written bills a write by the partition keys that it changed.
func (m *meter) written(out response) []charge {
	elements := m.elements()
	if m.operation == "UpdateItem" && m.call.ReturnValues == "ALL_NEW" {
		is := m.images.imageOf(elements[0].table, out.Attributes)
		elements[0].new = &is
	}
	var all []charge
	for _, e := range elements {
		m.images.put(e.table, e.key, e.left())
		if reporting[m.operation] {
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

// reported bills the one write of a call by what the database says.
func (m *meter) reported(e element, out response) []charge {
	r, ok := reportIn(out.ConsumedCapacity)
	if !ok {
		return nil
	}
	all := []charge{m.charge(e.table, "", e.key, units{write: r.Table.CapacityUnits})}
	for index, consumed := range r.indexes() {
		moves := e.moves(index)
		if len(moves) == 0 {
			// The item never passed through here.
			moves = []charge{{index: index, pk: e.left().entries[index].pk}}
		}
		for i := range moves {
			moves[i].write = consumed / float64(len(moves))
		}
		all = append(all, moves...)
	}
	return all
}

// left is what is known of the item after the write.
func (e element) left() image {
	if e.new == nil {
		return e.old
	}
	return *e.new
}

// indexes are those that have the item before or after the write.
func (e element) indexes() map[string]entry {
	all := map[string]entry{}
	maps.Copy(all, e.old.entries)
	maps.Copy(all, e.left().entries)
	return all
}

// moves are the entries of the index that the write removes and adds.
func (e element) moves(index string) []charge {
	before, removed := e.old.entries[index]
	after, added := e.left().entries[index]
	if before == after {
		return nil
	}
	if removed && added && before.key == after.key {
		return []charge{{index: index, pk: after.pk, units: units{write: 1}}} // another projection
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

// tableName is a table's name, of its name or its ARN.
func tableName(table string) string { return table[strings.LastIndex(table, "/")+1:] }
