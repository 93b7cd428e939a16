// Package table accesses the service's DynamoDB table: items by key, conditional writes
// and transactions, with the service's rules for retries, deadlines and faults.
//
// It is independent of rooms and visitors. A call that fails because the database is
// throttled, slow or unreachable returns a [livechat.Error] of kind Unavailable. A write
// whose condition does not hold returns a [ConditionFailed] with the index of the write.
// Reads are strongly consistent, except where their name says Eventually, and reads of an
// index or a scan, which lag.
package table
