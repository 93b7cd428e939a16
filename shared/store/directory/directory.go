// Package directory keeps users, their auth tokens, agents, departments and settings.
package directory

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// Directory reads and writes them. It is safe for parallel use.
type Directory struct {
	table *table.Table
	now   func() time.Time

	settings    recent[livechat.Settings]
	departments recent[[]livechat.Department]
	agents      recent[[]livechat.Agent]
}

// New returns the directory in the table. What it keeps in memory ages by the clock now.
func New(t *table.Table, now func() time.Time) *Directory {
	return &Directory{table: t, now: now}
}
