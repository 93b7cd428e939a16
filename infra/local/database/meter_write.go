package database

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// itemWrite is the write of one item.
type itemWrite struct {
	table string
	key   item // or the whole item, which contains the key
	// old is empty if the item did not exist or is unknown.
	old itemSummary
	// new is nil if the new item is unknown, because an expression computes it.
	new *itemSummary
}

// itemWrites returns the call's writes, with the items' summaries from before the call.
func (m *meter) itemWrites() []itemWrite {
	var all []itemWrite
	add := func(operation string, r request) {
		w := itemWrite{table: tableName(r.TableName), key: r.Key}
		switch {
		case r.Item != nil:
			w.key = r.Item
			summary := m.seen.summarize(w.table, r.Item)
			w.new = &summary
		case strings.HasPrefix(operation, "Delete"):
			w.new = &itemSummary{}
		}
		w.old = m.seen.get(w.table, w.key)
		all = append(all, w)
	}
	switch m.operation {
	case "TransactWriteItems":
		for _, element := range m.call.TransactItems {
			for operation, inner := range element {
				add(operation, inner)
			}
		}
	case "BatchWriteItem":
		for table, raw := range m.call.RequestItems {
			var elements []map[string]request
			_ = json.Unmarshal(raw, &elements) // readAccesses has already decoded it
			for _, element := range elements {
				for operation, inner := range element {
					inner.TableName = table
					add(operation, inner)
				}
			}
		}
	default:
		add(m.operation, m.call)
	}
	return all
}

// tableUnits returns the write units that w consumes in the table, computed from the
// known sizes.
func (m *meter) tableUnits(w itemWrite) units {
	return units{write: m.transactionFactor() * roundUp(max(w.old.size, w.after().size), writeUnit)}
}

// after returns the item's summary after the write. If the new item is unknown, it
// returns the old one.
func (w itemWrite) after() itemSummary {
	if w.new == nil {
		return w.old
	}
	return *w.new
}

// indexes returns the indexes that contain the item before or after the write.
func (w itemWrite) indexes() map[string]indexEntry {
	all := map[string]indexEntry{}
	maps.Copy(all, w.old.entries)
	maps.Copy(all, w.after().entries)
	return all
}

// indexCharges returns the charges for the entries that the write removes from the index,
// adds to it or changes.
func (w itemWrite) indexCharges(index string) []charge {
	before, removed := w.old.entries[index]
	after, added := w.after().entries[index]
	if before == after {
		return nil
	}
	if removed && added && before.id == after.id {
		removed = false // the entry stays, with other projected attributes
	}
	var all []charge
	if removed {
		all = append(all, charge{index: index, pk: before.pk, units: units{write: 1}})
	}
	if added {
		all = append(all, charge{index: index, pk: after.pk, units: units{write: 1}})
	}
	return all
}

// writeCharges returns the charges of a successful write.
func (m *meter) writeCharges(resp answerBody) []charge {
	writes := m.itemWrites()
	if m.operation == "UpdateItem" && m.call.ReturnValues == "ALL_NEW" {
		summary := m.seen.summarize(writes[0].table, resp.Attributes)
		writes[0].new = &summary
	}
	var all []charge
	for _, w := range writes {
		m.seen.put(w.table, w.key, w.after())
		if reportsCapacity[m.operation] {
			return m.reportedCharges(w, resp) // the call has only this write
		}
		all = append(all, m.charge(w.table, "", w.key, m.tableUnits(w)))
		for index := range w.indexes() {
			all = append(all, w.indexCharges(index)...)
		}
	}
	return all
}

// reportedCharges returns the charges of a call with a single write, as reported by the
// database.
func (m *meter) reportedCharges(w itemWrite, resp answerBody) []charge {
	report, ok := decodeReport(resp.ConsumedCapacity)
	if !ok {
		return nil
	}
	all := []charge{m.charge(w.table, "", w.key, units{write: report.Table.CapacityUnits})}
	for index, consumed := range report.GlobalSecondaryIndexes {
		charges := w.indexCharges(index)
		if len(charges) == 0 {
			// The meter knows no change of the index, because the item's old summary is
			// unknown or outdated.
			charges = []charge{{index: index, pk: w.after().entries[index].pk}}
		}
		for i := range charges {
			charges[i].write = consumed.CapacityUnits / float64(len(charges))
		}
		all = append(all, charges...)
	}
	return all
}

const conditionFailed = "ConditionalCheckFailed"

// failureCharges returns the charges of a call that failed. Only failed conditions are
// billed.
func (m *meter) failureCharges(resp answerBody) []charge {
	reasons := resp.CancellationReasons // of TransactionCanceledException
	if strings.HasSuffix(resp.Type, "#"+conditionFailed+"Exception") {
		reasons = []cancellationReason{{Code: conditionFailed, Item: resp.Item}}
	}
	isConditionFailure := func(r cancellationReason) bool { return r.Code == conditionFailed }
	if !slices.ContainsFunc(reasons, isConditionFailure) {
		return nil
	}
	var all []charge
	for i, w := range m.itemWrites() {
		if i < len(reasons) && reasons[i].Item != nil {
			w.old = m.seen.summarize(w.table, reasons[i].Item)
			m.seen.put(w.table, w.key, w.old)
		}
		all = append(all, m.charge(w.table, "", w.key, m.tableUnits(w)))
	}
	return all
}
