package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// AnswerItem returns the item of an entry of a room's answer history.
func AnswerItem(e livechat.AnswerEntry) (table.Item, error) {
	return table.NewItem(AnswerKey(e), e, AgedAnswers.IndexKeys(e.Ts, e.ID))
}

// AuditItem returns the item of an audit entry.
func AuditItem(e livechat.AuditEntry) (table.Item, error) {
	return table.NewItem(AuditKey(e), e, AgedAudit.IndexKeys(e.Ts, e.ID))
}
