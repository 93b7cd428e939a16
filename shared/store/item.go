package store

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

const (
	ifAbsent    = "attribute_not_exists(PK)"
	ifPresent   = "attribute_exists(PK)"
	ifUnchanged = "version = :version"
)

func visitorItem(v livechat.Visitor) (table.Item, error) {
	further := aged(listVisitors, v.Ts, v.ID)
	further[indexKey], further["version"] = indexVisitor(v.ID), v.Version+1
	if v.Language != "" {
		further[fieldLanguage] = v.Language
	}
	return table.NewItem(profileKey(v.Token), v, further)
}

func decodeVisitor(item table.Item) (livechat.Visitor, error) {
	var visitor livechat.Visitor
	err := item.Decode(&visitor)
	visitor.Version = version(item)
	visitor.Language = item.Text(fieldLanguage)
	return visitor, err
}

func answerItem(e livechat.AnswerEntry) (table.Item, error) {
	return table.NewItem(answerKey(e), e, aged(listAnswers, e.Ts, e.ID))
}

func auditItem(e livechat.AuditEntry) (table.Item, error) {
	return table.NewItem(auditKey(e), e, aged(listAudit, e.Ts, e.ID))
}

// version is 0 of an item that has none.
func version(item table.Item) int {
	var stored struct {
		Version int `json:"version"`
	}
	if item.Decode(&stored) != nil {
		return 0
	}
	return stored.Version
}
