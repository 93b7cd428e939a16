// Package surveys stores surveys, their due times, the figures of days, questionnaires
// and comments. It also counts the survey mails of a day. The transactions that write a
// room together with its survey are in package store.
package surveys

import "livechat/shared/store/table"

// Records reads and writes the survey data. It is safe for concurrent use.
type Records struct{ table *table.Table }

// New returns the records that use the table.
func New(t *table.Table) *Records { return &Records{t} }
