package verify

import (
	"context"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// kindAgeKeys is the kind of the problem that an entry has wrong index keys, by which the
// retention job finds old entries.
const kindAgeKeys = "age-keys"

// checkAnswer examines an entry of a room's answer history, or the room's long answers.
func (w *tableScan) checkAnswer(ctx context.Context, rid string, item table.Item) ([]Problem, error) {
	if item.Key() == layout.LongAnswersKey(rid) {
		return w.checkRoomExists(ctx, "answers", rid, item)
	}
	var entry livechat.AnswerEntry
	if err := item.Decode(&entry); err != nil || entry.RoomID != rid || item.Key() != layout.AnswerKey(entry) {
		return unreadable("the answer")
	}
	wanted, err := layout.AnswerItem(entry)
	if err != nil {
		return nil, err
	}
	orphaned, err := w.checkRoomExists(ctx, "answers", rid, item)
	return append(w.checkIndexKeys(item, wanted, kindAgeKeys, "an answer about room "+rid), orphaned...), err
}

// checkAudit examines an audit entry. Its room or visitor need not exist any more.
func (w *tableScan) checkAudit(item table.Item) ([]Problem, error) {
	var entry livechat.AuditEntry
	if err := item.Decode(&entry); err != nil || item.Key() != layout.AuditKey(entry) {
		return unreadable("the audit entry")
	}
	wanted, err := layout.AuditItem(entry)
	return w.checkIndexKeys(item, wanted, kindAgeKeys, "an audit entry"), err
}

// checkLongAnswers checks that the item with the room's long answers exists, if the room
// has long answers.
func (w *tableScan) checkLongAnswers(ctx context.Context, room livechat.Room, item table.Item) ([]Problem, error) {
	if len(room.LongAnswers) == 0 {
		return nil, nil
	}
	long, err := w.table.Get(ctx, layout.LongAnswersKey(room.ID))
	if err != nil || long != nil {
		return nil, err
	}
	if same, err := w.unchanged(ctx, item); err != nil || !same {
		return nil, err
	}
	return []Problem{{
		Kind: "long-answers-missing", Says: "only the beginning of the long answers of room " + room.ID + " exists",
		WhyLeft: "the rest is in the room's answer history, or in a backup",
	}}, nil
}
