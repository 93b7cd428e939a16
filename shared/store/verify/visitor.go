package verify

import (
	"cmp"
	"context"
	"strings"

	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// checkVisitorItem examines an item of a visitor's partition.
func (w *tableScan) checkVisitorItem(ctx context.Context, item table.Item) ([]Problem, error) {
	sort := item.Key().SK
	switch {
	case sort == layout.SortProfile:
		return w.checkProfile(ctx, item)
	case sort == layout.SortOpen && !layout.HasRoom(item):
		return w.checkMarker(ctx, item)
	case sort == layout.SortOpen, strings.HasPrefix(sort, layout.PrefixRoom):
		return w.checkRoom(ctx, item)
	case sort == layout.SortAsked:
		return w.checkAsked(ctx, item)
	case strings.HasPrefix(sort, layout.PrefixErase):
		return w.unfinishedErasure(item.Key()), nil
	}
	return nil, nil
}

func (w *tableScan) checkProfile(ctx context.Context, item table.Item) ([]Problem, error) {
	visitor, err := layout.DecodeVisitor(item)
	if err != nil || visitor.ID == "" || layout.ProfileKey(visitor.Token) != item.Key() {
		return unreadable("the visitor")
	}
	wanted, err := layout.VisitorItem(visitor)
	if err != nil {
		return nil, err
	}
	if problems := w.checkIndexKeys(item, wanted, kindIndexKeys, "visitor "+visitor.ID); problems != nil {
		return problems, nil
	}
	if twice, err := w.storedTwice(ctx, item.Key(), layout.IndexVisitor(visitor.ID)); err != nil || !twice {
		return nil, err
	}
	return []Problem{{
		Kind: "two-visitors", Says: "visitor " + visitor.ID + " is stored under two tokens",
		WhyLeft: "the visitor's token is unknown",
	}}, nil
}

// profileNextTo returns the key of the profile in the item's partition.
func profileNextTo(item table.Item) table.Key {
	return table.Key{PK: item.Key().PK, SK: layout.SortProfile}
}

// storedTwice reports whether the id is also the index key of an item that sorts after
// first. So only the first of two such items has the problem.
func (w *tableScan) storedTwice(ctx context.Context, first table.Key, id string) (bool, error) {
	keys, err := w.table.QueryIndex(ctx, layout.IDIndex, layout.IDIndexPK, id)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if cmp.Or(cmp.Compare(key.PK, first.PK), cmp.Compare(key.SK, first.SK)) <= 0 {
			continue
		}
		// The index lags, so the other item may have been deleted.
		other, err := w.table.Get(ctx, key)
		if err != nil || other.Text(layout.IDIndexPK) == id {
			return err == nil, err
		}
	}
	return false, nil
}

// checkMarker examines an item under OPEN that is not a room. It is a vacancy, or the
// tombstone of a visitor who is being deleted.
func (w *tableScan) checkMarker(ctx context.Context, item table.Item) ([]Problem, error) {
	expires, err := expiryOf(item)
	if err != nil {
		return unreadable("the marker")
	}
	if !layout.IsTombstone(item) {
		return nil, nil // the next room overwrites a vacancy
	}
	if expires < layout.Seconds(w.Now()) {
		profile, err := w.table.Get(ctx, profileNextTo(item))
		if err != nil {
			return nil, err
		}
		id := item.Text(layout.FieldDeletedVisitor)
		if profile.Text(layout.IDIndexPK) == layout.IndexVisitor(id) {
			return []Problem{{
				Kind: "unfinished-deletion", Says: "the deletion of visitor " + id + " was interrupted",
				WhyLeft: "its caller got an error; `visitor erase --id " + id + "` finishes it",
			}}, nil
		}
	}
	return w.checkExpiry(item), nil
}

// checkAsked examines the item that records when a visitor was last surveyed. The visitor must
// exist.
func (w *tableScan) checkAsked(ctx context.Context, item table.Item) ([]Problem, error) {
	profile, err := w.table.Get(ctx, profileNextTo(item))
	if err != nil || profile != nil {
		return nil, err
	}
	return []Problem{{
		Kind: "asked-nobody", Says: "records the last survey of a visitor who does not exist",
		Mend: "delete it", repair: w.deleteIf(layout.CheckAbsent(profileNextTo(item)), item.Key()),
	}}, nil
}

// unfinishedErasure returns the problem that the erasure of a room is unfinished.
func (w *tableScan) unfinishedErasure(note table.Key) []Problem {
	rid := strings.TrimPrefix(note.SK, layout.PrefixErase)
	return []Problem{{
		Kind: "unfinished-erasure", Says: "room " + rid + " was to be erased, but its erasure was interrupted",
		Mend:   "erase what is left of the room",
		repair: func(ctx context.Context) error { return w.Store.FinishErasure(ctx, note) },
	}}
}
