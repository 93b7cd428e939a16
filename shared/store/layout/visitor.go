package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// VisitorItem returns the item of the visitor's profile with the next version.
func VisitorItem(v livechat.Visitor) (table.Item, error) {
	further := AgedVisitors.IndexKeys(v.RegisteredAt, v.ID)
	further[IDIndexPK], further["version"] = IndexVisitor(v.ID), v.Version+1
	if v.Language != "" {
		further[fieldLanguage] = v.Language
	}
	if v.ProfileUsage.From != 0 {
		further[fieldUsage] = v.ProfileUsage
	}
	return table.NewItem(ProfileKey(v.Token), v, further)
}

// DecodeVisitor is the inverse of VisitorItem.
func DecodeVisitor(item table.Item) (livechat.Visitor, error) {
	var visitor livechat.Visitor
	err := item.Decode(&visitor)
	visitor.Version = Version(item)
	visitor.Language = item.Text(fieldLanguage)
	if err == nil {
		visitor.ProfileUsage, err = UsageIn(item)
	}
	return visitor, err
}
