// Package surveys keeps the records of surveys, what is due, the figures of days, questionnaires
// and comments, and counts the mails of a day. The transactions that write a room and its
// survey are in package store.
package surveys

import "livechat/shared/store/table"

// Records reads and writes them. It is safe for parallel use.
type Records struct{ table *table.Table }

// New returns the records in the table.
func New(t *table.Table) *Records { return &Records{t} }
