// Package table accesses the service's DynamoDB table. It reads items by key, and does
// conditional writes and transactions. It implements the service's rules for retries,
// deadlines and faults.
//
// The package does not know about rooms and visitors. A call that fails because the
// database is throttled, slow or unreachable returns a [livechat.Error] of kind
// Unavailable. A write whose condition does not hold returns a [ConditionFailed] with the
// index of the write.
//
// Reads are strongly consistent, except for methods and options named Eventually, reads
// of an index, and scans. These may return outdated items.
package table
