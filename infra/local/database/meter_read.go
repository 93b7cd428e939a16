package database

import "encoding/json"

// readCharges returns the charges of a read of one table, as reported by the database.
func (m *meter) readCharges(resp answerBody) []charge {
	report, ok := decodeReport(resp.ConsumedCapacity)
	if !ok {
		return nil
	}
	table := tableName(m.call.TableName)
	items := resp.Items
	if m.operation == "GetItem" {
		items = []item{resp.Item}
	}
	if m.call.IndexName == "" && m.call.returnsWholeItems() {
		m.remember(table, items, m.call.Key)
	}
	consumed := report.Table.CapacityUnits
	for _, index := range report.GlobalSecondaryIndexes {
		consumed += index.CapacityUnits
	}
	c := m.charge(table, m.call.IndexName, m.call.Key, units{read: max(consumed, minReadUnits(m.call.ConsistentRead))})
	if m.operation == "Query" {
		if key := m.call.queriedKey(m.seen.keys.partitionKey(table, m.call.IndexName)); key != nil {
			c.pk = *key
		}
	}
	return []charge{c}
}

func (r request) returnsWholeItems() bool {
	return r.ProjectionExpression == "" && r.AttributesToGet == nil && (r.Select == "" || r.Select == "ALL_ATTRIBUTES")
}

// minReadUnits returns the read units of a read that finds nothing.
func minReadUnits(consistent bool) float64 {
	if consistent {
		return 1
	}
	return 0.5
}

// remember stores the summaries of the items. A nil item means that no item with the key
// exists.
func (m *meter) remember(table string, items []item, key item) {
	for _, i := range items {
		switch {
		case i != nil:
			m.seen.put(table, i, m.seen.summarize(table, i))
		case key != nil:
			m.seen.put(table, key, itemSummary{})
		}
	}
}

// batchReadCharges returns the charges of a BatchGetItem. Each item is billed by its size,
// as if it were read alone. A missing item costs the minimum. With a projection, only the
// returned attributes count, because the full sizes are unknown.
func (m *meter) batchReadCharges(resp answerBody) []charge {
	var found map[string][]item
	_ = json.Unmarshal(resp.Responses, &found) // cannot fail: DynamoDB always answers in this form
	var all []charge
	for table, raw := range m.call.RequestItems {
		var get struct {
			Keys []item
			request
		}
		_ = json.Unmarshal(raw, &get) // cannot fail: readAccesses decoded the same body before the call
		name := tableName(table)
		sizes := map[string]int{}
		for _, i := range found[table] {
			if id, ok := m.seen.keys.itemID(name, i); ok {
				sizes[id] = i.size()
			}
		}
		if get.returnsWholeItems() {
			m.remember(name, found[table], nil)
		}
		for _, key := range get.Keys {
			id, _ := m.seen.keys.itemID(name, key)
			all = append(all, m.charge(name, "", key, units{read: minReadUnits(get.ConsistentRead) * roundUp(sizes[id], readUnit)}))
		}
	}
	return all
}

// transactionReadCharges returns the charges of a TransactGetItems. A missing item costs
// the minimum.
func (m *meter) transactionReadCharges(resp answerBody) []charge {
	var found []struct{ Item item }
	_ = json.Unmarshal(resp.Responses, &found) // cannot fail: DynamoDB always answers in this form
	var all []charge
	for i, element := range m.call.TransactItems {
		get, size := element["Get"], 0
		if i < len(found) {
			size = found[i].Item.size()
		}
		all = append(all, m.charge(tableName(get.TableName), "", get.Key, units{read: m.transactionFactor() * roundUp(size, readUnit)}))
	}
	return all
}
