// Package table is one DynamoDB table as the store uses it: items by key,
// conditional writes and transactions, with the service's rules for retries,
// deadlines and faults.
//
// It knows no rooms and no visitors. A call that cannot be answered because
// the database is throttled, slow or out of reach fails with a
// [livechat.Error] of kind Unavailable; a write whose condition did not hold
// fails with a [ConditionFailed] that says which one. Reads are strongly
// consistent, but for those of an index, which cannot be.
package table
