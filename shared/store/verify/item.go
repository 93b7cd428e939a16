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
	problems, err := w.check(ctx, item)
	for i := range problems {
		problems[i].Key = item.Key()
	}
	return problems, err
}

func (w *tableScan) check(ctx context.Context, item table.Item) ([]Problem, error) {
	kind, id, _ := strings.Cut(item.Key().PK, "#")
	switch kind {
	case "VISITOR":
		return w.checkVisitorItem(ctx, item)
	case "MESSAGES":
		return w.checkRoomExists(ctx, "messages", id, item)
	case "ANSWERS":
		return w.checkAnswer(ctx, id, item)
	case "AUDIT":
		return w.checkAudit(item)
	case "SURVEY":
		return w.checkSurvey(ctx, id, item)
	case "LINK":
		return w.checkLink(ctx, item)
	case "COMMENTS":
		return w.checkComment(ctx, item)
	case "USER":
		return w.checkUser(ctx, id, item)
	case "USERNAME":
		return w.checkUsername(ctx, id, item)
	case layout.PartitionAgents:
		return w.checkAgent(ctx, item.Key().SK)
	case layout.SortSettings:
		return w.checkSettings(item)
	}
	return nil, nil
}

// unreadable returns the problem that an item can't be decoded or its content does not
// match its key.
func unreadable(what string) ([]Problem, error) {
	return []Problem{{
		Kind: "unreadable", Says: what + " does not match its key",
		WhyLeft: "only a backup has the original",
	}}, nil
}

// checkExpiry returns a problem if DynamoDB has not deleted the item a week after it
// expired. DynamoDB usually deletes expired items within days.
func (w *tableScan) checkExpiry(item table.Item) []Problem {
	expires, err := expiryOf(item)
	if err != nil || expires == 0 || expires > layout.Seconds(w.Now().Add(-expiryLag)) {
		return nil
	}
	key := item.Key()
	return []Problem{{
		Kind: "expired", Says: "expired more than a week ago but still exists: is the table's time-to-live enabled?",
		Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.table.Delete(ctx, key, layout.FieldExpiry+" = :expires", nil, table.Values{":expires": expires})
		},
	}}
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

// checkIndexKeys checks that the item has the index keys of wanted. what names the item.
func (w *tableScan) checkIndexKeys(item, wanted table.Item, kind, what string) []Problem {
	change, wrong := layout.CorrectIndexKeys(item, wanted)
	if len(wrong) == 0 {
		return nil
	}
	return []Problem{{
		Kind: kind, Says: what + " has wrong index keys: " + strings.Join(wrong, ", "),
		Mend: "correct its index keys",
		repair: func(ctx context.Context) error {
			_, err := w.table.Update(ctx, item.Key(), change)
			return err
		},
	}}
}

// deleteIf returns a repair that deletes the item under the key if the check holds.
func (w *tableScan) deleteIf(check table.Write, key table.Key) func(context.Context) error {
	return func(ctx context.Context) error {
		return w.table.Transact(ctx, check, table.Write{Delete: &key})
	}
}
