package verify

import (
	"context"
	"strings"
	"time"

	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// knownPartitions lists the first parts of all partition keys.
var knownPartitions = []string{
	"VISITOR", "SURVEY", "LINK", "ASKED", "UNSUBSCRIBED", "MAILS", "COMMENTS", "QUESTIONNAIRES",
	layout.PartitionRollups, layout.PartitionStale,
	"MESSAGES", "ANSWERS", "AUDIT", layout.PartitionAgents, layout.PartitionDepartments, "USER", "USERNAME",
	layout.SortSettings, "COUNTER", "RATE", "OPENINGS", "RETENTION",
}

// perPartition reports whether it is enough to examine one item of the key's partition,
// because all its items are checked together.
func perPartition(key table.Key) bool { return strings.HasPrefix(key.PK, layout.MessagesPartition("")) }

// kindIndexKeys is the kind of the problem that a room or visitor has wrong index keys.
const kindIndexKeys = "index-keys"

// problems returns the problems of an item and of its references to other items.
func (w *tableScan) problems(ctx context.Context, item table.Item) ([]Problem, error) {
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

func (w *tableScan) problemsOf(ctx context.Context, kind, id, sort string, item table.Item) ([]Problem, error) {
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
		return w.checkUsername(ctx, id, item)
	case layout.PartitionAgents:
		return w.checkAgent(ctx, sort)
	case layout.SortSettings:
		return w.checkSettings(item)
	}
	return nil, nil
}

func singleProblem(p Problem) []Problem { return []Problem{p} }

// unreadable returns the problem that an item can't be decoded or its content does not
// match its key.
func unreadable(what string) []Problem {
	return singleProblem(Problem{
		Kind: "unreadable", Says: what + " does not match its key",
		WhyLeft: "only a backup has the original",
	})
}

// checkExpiry returns a problem if DynamoDB has not deleted the item a week after it
// expired. DynamoDB usually deletes expired items within days.
func (w *tableScan) checkExpiry(item table.Item) []Problem {
	expires, err := expiryOf(item)
	if err != nil || expires == 0 || expires > layout.Seconds(w.Now().Add(-expiryLag)) {
		return nil
	}
	key := item.Key()
	return singleProblem(Problem{
		Kind: "expired", Says: "expired more than a week ago but still exists: is the table's time-to-live enabled?",
		Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Delete(ctx, key, layout.FieldExpiry+" = :expires", nil, table.Values{":expires": expires})
		},
	})
}

// expiryOf returns the time at which the item expires, in seconds since 1970, or 0 if it
// never expires.
func expiryOf(item table.Item) (int64, error) {
	var kept struct {
		Expires int64 `json:"expires"`
	}
	err := item.Decode(&kept)
	return kept.Expires, err
}

const expiryLag = 7 * 24 * time.Hour

// indexKeysProblem returns the problem that the item's index keys differ from wanted. It
// returns false if they match.
func (w *tableScan) indexKeysProblem(item table.Item, wanted map[string]string) (Problem, bool) {
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
		Kind: kindIndexKeys, Says: "has wrong index keys: " + strings.Join(wrong, ", "),
		Mend: "correct its index keys",
		repair: func(ctx context.Context) error {
			_, err := w.Store.Table().Update(ctx, key, table.Update{
				Expression: expression, If: condition, Values: values,
			})
			return err
		},
	}, true
}
