package verify

import (
	"context"
	"strings"
	"time"

	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// knownPartitions are the first parts of all partition keys.
var knownPartitions = []string{
	"VISITOR", "SURVEY", "LINK", "ASKED", "UNSUBSCRIBED", "MAILS", "COMMENTS", "QUESTIONNAIRES", layout.PartitionRollups, layout.PartitionStale,
	"MESSAGES", "ANSWERS", "AUDIT", layout.PartitionAgents, layout.PartitionDepartments, "USER", "USERNAME", layout.SortSettings, "COUNTER", "RATE", "OPENINGS", "RETENTION",
}

// perPartition says of which items one is looked at for all of the partition.
func perPartition(key table.Key) bool { return strings.HasPrefix(key.PK, layout.MessagesPartition("")) }

// kindIndexKeys is an item that the indexes do not have where it belongs.
const kindIndexKeys = "index-keys"

// problems says what is wrong with an item, as it is and beside what it refers to.
func (w *walk) problems(ctx context.Context, item table.Item) ([]Problem, error) {
	key := item.Key()
	kind, id, _ := strings.Cut(key.PK, "#")
	problems, err := w.problemsOf(ctx, kind, id, key.SK, item)
	if err != nil {
		return nil, err
	}
	for i := range problems {
		if problems[i].Key == (table.Key{}) {
			problems[i].Key = key
		}
	}
	return problems, nil
}

func (w *walk) problemsOf(ctx context.Context, kind, id, sort string, item table.Item) ([]Problem, error) {
	switch kind {
	case "VISITOR":
		return w.inVisitor(ctx, item)
	case "MESSAGES":
		return w.ofRoom(ctx, "messages", id, item.Key().PK)
	case "ANSWERS":
		return w.answer(ctx, id, item)
	case "AUDIT":
		return w.audit(item), nil
	case "SURVEY":
		return w.survey(ctx, id, item)
	case "LINK":
		return w.linkItem(ctx, item)
	case "COMMENTS":
		return w.comment(ctx, item)
	case "USER":
		return w.inUser(ctx, id, sort, item)
	case "USERNAME":
		return w.username(ctx, id, item)
	case layout.PartitionAgents:
		return w.agent(ctx, sort)
	case layout.SortSettings:
		return w.settings(item)
	}
	return nil, nil
}

func one(p Problem) []Problem { return []Problem{p} }

// unreadable is an item that is not what its key says it is.
func unreadable(what string) []Problem {
	return one(Problem{
		Kind: "unreadable", Says: what + " is not what its key says",
		Why: "what it was is to be had from a backup only",
	})
}

// expiredLongAgo is an item that DynamoDB should have deleted, which it does within
// days.
func (w *walk) expiredLongAgo(item table.Item) []Problem {
	expires, err := expiryOf(item)
	if err != nil || expires == 0 || expires > layout.Seconds(w.Now().Add(-expiryLag)) {
		return nil
	}
	key := item.Key()
	return one(Problem{
		Kind: "expired", Says: "expired more than a week ago and is still there: is the table's time to live on?",
		Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Delete(ctx, key, layout.FieldExpiry+" = :expires", nil, table.Values{":expires": expires})
		},
	})
}

// expiryOf is when the item expires; 0 for never.
func expiryOf(item table.Item) (int64, error) {
	var kept struct {
		Expires int64 `json:"expires"`
	}
	err := item.Decode(&kept)
	return kept.Expires, err
}

const expiryLag = 7 * 24 * time.Hour

// setIndexKeys is what is wrong with the index keys of an item; false where they
// are as wanted.
func (w *walk) setIndexKeys(item table.Item, wanted map[string]string) (Problem, bool) {
	key := item.Key()
	var set, remove []string
	values, wrong := table.Values{}, []string{}
	for _, name := range []string{layout.IDIndexPK, layout.TimeIndexPK, layout.TimeIndexSK} {
		value := wanted[name]
		if item.Text(name) == value && (value != "" || item[name] == nil) {
			continue
		}
		wrong = append(wrong, name)
		if value == "" {
			remove = append(remove, name)
			continue
		}
		set = append(set, name+" = :"+name)
		values[":"+name] = value
	}
	if len(wrong) == 0 {
		return Problem{}, false
	}
	expression, condition := "", layout.IfPresent+" AND attribute_not_exists(version)"
	if item["version"] != nil {
		expression, condition = "ADD version :one", layout.IfUnchanged
		values[":one"], values[":version"] = 1, layout.Version(item)
	}
	if len(set) > 0 {
		expression = "SET " + strings.Join(set, ", ") + " " + expression
	}
	if len(remove) > 0 {
		expression = "REMOVE " + strings.Join(remove, ", ") + " " + expression
	}
	return Problem{
		Kind: kindIndexKeys, Says: "is not where it belongs in the indexes: " + strings.Join(wrong, ", "),
		Mend: "set its index keys anew",
		repair: func(ctx context.Context) error {
			_, err := w.Store.Table().Update(ctx, key, table.Update{
				Expression: expression, If: condition, Values: values,
			})
			return err
		},
	}, true
}
