// Package directory keeps users, their auth tokens, agents, departments and settings.
package directory

import (
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store/table"
)

// Directory reads and writes users, auth tokens, agents, departments and settings. It is
// safe for concurrent use.
type Directory struct {
	table *table.Table
	now   func() time.Time

	settings    cached[settings.Settings]
	departments cached[[]livechat.Department]
	agents      cached[[]livechat.Agent]
}

// New returns the directory that uses the table. now returns the current time for
// expiring the caches.
func New(t *table.Table, now func() time.Time) *Directory {
	return &Directory{table: t, now: now}
}
