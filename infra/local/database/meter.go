package database

import (
	"encoding/json"
	"net/http"
)

// meter measures the capacity that one call consumes, as AWS would bill it.
//
// DynamoDB Local reports the right figures for queries, scans and calls on one item. It
// only leaves out the minimum charge of a query that finds nothing. The meter adds that
// charge.
//
// For batches and transactions, DynamoDB Local's figures differ from AWS's. DynamoDB
// Local merges elements with equal consumption into one, doubles a transaction's index
// entries, and bills neither the size of a checked item nor a read that finds nothing. So
// the meter computes the figures of batches and transactions from the items' sizes before
// and after the call:
//
//   - An element of a transaction consumes twice what it would alone. Its index
//     entries are not doubled (measured on AWS, see
//     github.com/nubo-db/dynoxide/pull/188).
//   - A condition check consumes the write units of the item that it reads.
//   - An index consumes one unit for a removed entry, one for an added entry, and one
//     for an entry whose projected attributes change. An unchanged entry consumes
//     nothing. Entries are assumed to be smaller than 1 KB.
//   - A write with a failed condition consumes at least one write unit. It is billed by
//     the size of the existing item or of the new item, whichever is larger. It consumes
//     nothing in the indexes. If a condition of a transaction fails, each element of the
//     transaction consumes twice as much.
//
// An item that never passed through the proxy has no known size. The meter treats it as
// small and as absent from the indexes. If a transaction is repeated with the same token,
// the meter bills the repetition like the first call, while DynamoDB bills it as a read.
type meter struct {
	seen      *seenItems
	operation string
	call      request
}

// answerBody holds the members of the database's answers that the meter needs.
type answerBody struct {
	ConsumedCapacity    json.RawMessage
	Item                item
	Items               []item
	Attributes          item
	Responses           json.RawMessage
	Type                string `json:"__type"`
	CancellationReasons []cancellationReason
}

// cancellationReason says why an element of a transaction failed. Code is "None" if the
// element did not fail.
type cancellationReason struct {
	Code string
	Item item // the existing item, if the call requested it
}

// measure returns the capacity that the call consumed, by partition key.
func (m *meter) measure(a answer) []charge {
	var resp answerBody
	if json.Unmarshal(a.body, &resp) != nil {
		return nil
	}
	if a.status != http.StatusOK {
		return m.failureCharges(resp)
	}
	switch m.operation {
	case "GetItem", "Query", "Scan":
		return m.readCharges(resp)
	case "BatchGetItem":
		return m.batchReadCharges(resp)
	case "TransactGetItems":
		return m.transactionReadCharges(resp)
	case "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems":
		return m.writeCharges(resp)
	}
	return nil
}

// transactionFactor returns two for transactions, because DynamoDB prepares and then
// commits them, and one for other calls.
func (m *meter) transactionFactor() float64 {
	if isTransaction(m.operation) {
		return 2
	}
	return 1
}

// charge returns a charge of the units u to a partition key. key is the item's key or the
// whole item.
func (m *meter) charge(table, index string, key item, u units) charge {
	c := charge{index: index, units: u}
	if text := key.attributeText(m.seen.keys.partitionKey(table, index)); text != nil {
		c.pk = *text
	}
	return c
}
