package database

import "encoding/json"

// read returns the charges of a read operation. If the response contains whole items,
// read also remembers them.
func (m *meter) read(out response) []charge {
	switch m.operation {
	case "BatchGetItem":
		return m.batchRead(out)
	case "TransactGetItems":
		return m.transactionRead(out)
	}
	report, ok := reportIn(out.ConsumedCapacity)
	if !ok {
		return nil
	}
	table := tableName(m.call.TableName)
	items := out.Items
	if m.operation == "GetItem" {
		items = []item{out.Item}
	}
	if m.call.IndexName == "" && m.call.whole() {
		m.learn(table, items, m.call.Key)
	}
	consumed := report.Table.CapacityUnits
	for _, units := range report.indexes() {
		consumed += units
	}
	c := m.charge(table, m.call.IndexName, m.call.Key, units{read: max(consumed, least(m.call.ConsistentRead))})
	if m.operation == "Query" {
		if key := m.call.queriedKey(m.keys.of(table, m.call.IndexName)); key != nil {
			c.pk = *key
		}
	}
	return []charge{c}
}

// whole reports whether the call returns all attributes of the items.
func (r request) whole() bool {
	return r.ProjectionExpression == "" && r.AttributesToGet == nil && (r.Select == "" || r.Select == "ALL_ATTRIBUTES")
}

// least returns the read units of a read that finds nothing.
func least(consistent bool) float64 {
	if consistent {
		return 1
	}
	return 0.5
}

// learn remembers the images of the items. A nil item means that no item with the key
// exists.
func (m *meter) learn(table string, items []item, key item) {
	for _, i := range items {
		switch {
		case i != nil:
			m.images.put(table, i, m.images.imageOf(table, i))
		case key != nil:
			m.images.put(table, key, image{})
		}
	}
}

// batchRead returns the charges of a BatchGetItem. Each item is billed by its size, as if
// it were read alone. A missing item costs the minimum. With a projection, only the
// returned attributes count, because the full sizes are unknown.
func (m *meter) batchRead(out response) []charge {
	var found map[string][]item
	_ = json.Unmarshal(out.Responses, &found) // cannot fail: DynamoDB always answers in this form
	var all []charge
	for table, raw := range m.call.RequestItems {
		var wanted struct {
			Keys []item
			request
		}
		_ = json.Unmarshal(raw, &wanted) // cannot fail: readAccesses decoded the same body before the call
		name := tableName(table)
		sizes := map[string]int{}
		for _, i := range found[table] {
			if place, ok := m.images.place(name, i); ok {
				sizes[place] = i.size()
			}
		}
		if wanted.whole() {
			m.learn(name, found[table], nil)
		}
		for _, key := range wanted.Keys {
			place, _ := m.images.place(name, key)
			all = append(all, m.charge(name, "", key, units{read: least(wanted.ConsistentRead) * roundUp(sizes[place], readUnit)}))
		}
	}
	return all
}

func (m *meter) transactionRead(out response) []charge {
	var found []struct{ Item item }
	_ = json.Unmarshal(out.Responses, &found) // cannot fail: DynamoDB always answers in this form
	var all []charge
	for i, one := range m.call.TransactItems {
		get, size := one["Get"], 0
		if i < len(found) {
			size = found[i].Item.size()
		}
		all = append(all, m.charge(tableName(get.TableName), "", get.Key, units{read: m.factor() * roundUp(size, readUnit)}))
	}
	return all
}
