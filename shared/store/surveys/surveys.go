// Package surveys stores surveys, their due times, the figures of days, questionnaires
// and comments, and counts the mails of a day. Package store has the transactions that
// write a room with its survey.
package surveys

import "livechat/shared/store/table"

// Records reads and writes the survey data. It is safe for concurrent use.
type Records struct{ table *table.Table }

// New returns the records in the table.
func New(t *table.Table) *Records { return &Records{t} }
