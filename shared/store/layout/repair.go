package layout

import (
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// CorrectIndexKeys returns the update that gives the item the index keys of wanted, and
// the names of the attributes that it changes. The item must not have changed.
func CorrectIndexKeys(item, wanted table.Item) (change table.Update, wrong []string) {
	var set, remove []string
	change = table.Update{If: IfPresent + " AND attribute_not_exists(version)", Values: table.Values{}}
	for _, name := range []string{IDIndexPK, TimeIndexPK, TimeIndexSK} {
		switch value := wanted.Text(name); {
		case value == "" && item[name] != nil:
			remove = append(remove, name)
		case value != item.Text(name):
			set = append(set, name+" = :"+name)
			change.Values[":"+name] = value
		default:
			continue
		}
		wrong = append(wrong, name)
	}
	if len(set) > 0 {
		change.Expression += "SET " + strings.Join(set, ", ")
	}
	if len(remove) > 0 {
		change.Expression += " REMOVE " + strings.Join(remove, ", ")
	}
	if item["version"] != nil {
		change.Expression, change.If = change.Expression+" ADD version :one", IfUnchanged
		change.Values[":one"], change.Values[":version"] = 1, Version(item)
	}
	return change, wrong
}

// CorrectMessageCount returns the update that sets the room's message count. The room must
// not have changed.
func CorrectMessageCount(r livechat.Room, count int) table.Update {
	condition, values := IfSame(r)
	values[":msgs"], values[":one"] = count, 1
	return table.Update{Expression: "SET msgs = :msgs ADD version :one", If: condition, Values: values}
}
