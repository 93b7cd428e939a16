package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// VisitorItem returns the visitor's profile as the next version of its item.
func VisitorItem(v livechat.Visitor) (table.Item, error) {
	further := Aged(ListVisitors, v.Ts, v.ID)
	further[IndexKey], further["version"] = IndexVisitor(v.ID), v.Version+1
	if v.Language != "" {
		further[fieldLanguage] = v.Language
	}
	return table.NewItem(ProfileKey(v.Token), v, further)
}

// DecodeVisitor is the inverse of VisitorItem.
func DecodeVisitor(item table.Item) (livechat.Visitor, error) {
	var visitor livechat.Visitor
	err := item.Decode(&visitor)
	visitor.Version = Version(item)
	visitor.Language = item.Text(fieldLanguage)
	return visitor, err
}
