package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// inVisitor examines an item of a visitor's partition.
func (w *tableScan) inVisitor(ctx context.Context, item table.Item) ([]Problem, error) {
	sort := item.Key().SK
	switch {
	case sort == layout.SortProfile:
		return w.profile(ctx, item)
	case sort == layout.SortOpen && !layout.HasRoom(item):
		return w.marker(ctx, item)
	case sort == layout.SortOpen, strings.HasPrefix(sort, layout.PrefixRoom):
		return w.room(ctx, sort, item)
	case sort == layout.SortAsked:
		return w.asked(ctx, item)
	case strings.HasPrefix(sort, layout.PrefixErase):
		return w.erasure(item.Key()), nil
	}
	return nil, nil
}

func (w *tableScan) profile(ctx context.Context, item table.Item) ([]Problem, error) {
	visitor, err := layout.DecodeVisitor(item)
	if err != nil || visitor.ID == "" || layout.ProfileKey(visitor.Token) != item.Key() {
		return unreadable("the visitor"), nil //nolint:nilerr // reported as a problem
	}
	wanted := texts(layout.AgedVisitors.IndexKeys(visitor.RegisteredAt, visitor.ID))
	wanted[layout.IDIndexPK] = layout.IndexVisitor(visitor.ID)
	if p, wrong := w.indexKeysProblem(item, wanted); wrong {
		p.Says = "visitor " + visitor.ID + " " + p.Says
		return singleProblem(p), nil
	}
	others, err := w.othersWith(ctx, layout.IndexVisitor(visitor.ID), item.Key())
	if err != nil || len(others) == 0 {
		return nil, err
	}
	return singleProblem(Problem{
		Kind: "two-visitors", Says: "visitor " + visitor.ID + " is stored under two tokens",
		WhyLeft: "the visitor's token is unknown",
	}), nil
}

// profileNextTo returns the key of the profile in the item's partition.
func profileNextTo(item table.Item) table.Key {
	return table.Key{PK: item.Key().PK, SK: layout.SortProfile}
}

// othersWith returns the keys of other items with the index key value, but only those
// that sort after the given key. So of two such items, only the first one has the
// problem.
func (w *tableScan) othersWith(ctx context.Context, value string, than table.Key) ([]table.Key, error) {
	keys, err := w.Store.Table().QueryIndex(ctx, layout.IDIndex, layout.IDIndexPK, value)
	if err != nil || len(keys) < 2 {
		return nil, err
	}
	var others []table.Key
	for _, key := range keys {
		if key == than || key.PK < than.PK || key.PK == than.PK && key.SK < than.SK {
			continue
		}
		item, err := w.Store.Table().Get(ctx, key)
		if err != nil {
			return nil, err
		}
		if item.Text(layout.IDIndexPK) == value {
			others = append(others, key)
		}
	}
	return others, nil
}

// marker examines an item under OPEN that is not a room. It is a vacancy, or the
// tombstone of a visitor who is being deleted.
func (w *tableScan) marker(ctx context.Context, item table.Item) ([]Problem, error) {
	expires, err := expiryOf(item)
	if err != nil {
		return unreadable("the marker"), nil //nolint:nilerr // reported as a problem
	}
	if !layout.IsTombstone(item) {
		return nil, nil // the next room overwrites a vacancy
	}
	if expires < layout.Seconds(w.Now()) {
		profile, err := w.Store.Table().Get(ctx, profileNextTo(item))
		if err != nil {
			return nil, err
		}
		id := item.Text(layout.FieldDeletedVisitor)
		if profile.Text(layout.IDIndexPK) == layout.IndexVisitor(id) {
			return singleProblem(Problem{
				Kind: "unfinished-deletion", Says: "the deletion of visitor " + id + " was interrupted",
				WhyLeft: "its caller got an error; `visitor erase --id " + id + "` finishes it",
			}), nil
		}
	}
	return w.checkExpiry(item), nil
}

// asked examines the item that records when a visitor was last surveyed. The visitor must
// exist.
func (w *tableScan) asked(ctx context.Context, item table.Item) ([]Problem, error) {
	profile, err := w.Store.Table().Get(ctx, profileNextTo(item))
	if err != nil || profile != nil {
		return nil, err
	}
	profileAt, key := profileNextTo(item), item.Key()
	return singleProblem(Problem{
		Kind: "asked-nobody", Says: "records the last survey of a visitor who does not exist",
		Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Transact(ctx,
				table.Write{Check: &profileAt, If: layout.IfAbsent}, table.Write{Delete: &key})
		},
	}), nil
}

// erasure returns the problem that the erasure of a room is unfinished.
func (w *tableScan) erasure(note table.Key) []Problem {
	rid := strings.TrimPrefix(note.SK, layout.PrefixErase)
	return singleProblem(Problem{
		Kind: "unfinished-erasure", Says: "room " + rid + " was to be erased, but its erasure was interrupted",
		Mend:   "erase what is left of the room",
		repair: func(ctx context.Context) error { return w.Store.FinishErasure(ctx, note) },
	})
}

// room examines a room. It must have the right keys, be stored only once, have a visitor,
// and match its messages and long answers.
func (w *tableScan) room(ctx context.Context, sort string, item table.Item) ([]Problem, error) {
	room, err := layout.DecodeRoom(item)
	if err != nil || room.ID == "" || layout.VisitorPartition(room.Visitor.Token) != item.Key().PK ||
		sort != layout.SortOpen && sort != layout.PrefixRoom+room.ID {
		return unreadable("the room"), nil //nolint:nilerr // reported as a problem
	}
	if room.Open != (sort == layout.SortOpen) {
		return w.misplaced(room, sort), nil
	}
	var problems []Problem
	if p, wrong := w.indexKeysProblem(item, map[string]string{
		layout.IDIndexPK: layout.IndexRoom(room.ID), layout.TimeIndexPK: layout.ListPartition(room), layout.TimeIndexSK: layout.ListSort(room),
	}); wrong {
		p.Says = "room " + room.ID + " " + p.Says
		problems = append(problems, p)
	}
	for _, look := range []func(context.Context, livechat.Room, table.Item) (*Problem, error){
		w.roomsVisitor, w.roomTwice, w.roomsMessages, w.roomsLongAnswers,
	} {
		p, err := look(ctx, room, item)
		if err != nil {
			return nil, err
		}
		if p != nil {
			problems = append(problems, *p)
		}
	}
	return problems, nil
}

// misplaced returns the problem that an open room has the key of a closed room, or the
// reverse.
func (w *tableScan) misplaced(room livechat.Room, sort string) []Problem {
	p := Problem{Kind: "second-open-room", Says: "room " + room.ID + " is open, but has the key of a closed room", Mend: "close it"}
	if sort == layout.SortOpen {
		p.Kind, p.Says = "closed-in-open", "room "+room.ID+" is closed, but has the key of the open room"
		p.Mend = "move it to its own key"
	}
	p.repair = func(ctx context.Context) error {
		closed := livechat.Closed{Change: livechat.Change{Room: room}}
		if room.Open {
			var err error
			if closed, err = w.Close(room); err != nil {
				return err
			}
		}
		return w.place(ctx, table.Key{PK: layout.VisitorPartition(room.Visitor.Token), SK: sort}, room, closed)
	}
	return singleProblem(p)
}

// place moves a closed room from the key at to its own key. It also writes the survey in
// closed, unless the room already has a survey.
func (w *tableScan) place(ctx context.Context, at table.Key, was livechat.Room, closed livechat.Closed) error {
	item, err := layout.RoomItem(closed.Room)
	if err != nil {
		return err
	}
	messages, err := layout.MessageWrites(closed.Messages)
	if err != nil {
		return err
	}
	same, values := layout.IfSame(was)
	put := table.Write{Put: item, If: same, Values: values}
	if layout.RoomKey(closed.Room) != at {
		put.If, put.Values = layout.IfAbsent, nil
		messages = append(messages, table.Write{Delete: &at, If: same, Values: values})
	}
	writes := append([]table.Write{put}, messages...)
	if closed.Survey.RoomID == "" {
		return w.Store.Table().Transact(ctx, writes...)
	}
	survey, err := layout.SurveyItem(closed.Survey)
	if err != nil {
		return err
	}
	err = w.Store.Table().Transact(ctx, append(writes, table.Write{Put: survey, If: layout.IfAbsent})...)
	if failed, lost := errors.AsType[*table.ConditionFailed](err); lost && failed.Index == len(writes) {
		return w.Store.Table().Transact(ctx, writes...) // the room already has a survey
	}
	return err
}

// roomsVisitor checks that the room's visitor exists.
func (w *tableScan) roomsVisitor(ctx context.Context, room livechat.Room, item table.Item) (*Problem, error) {
	profile, err := w.Store.Table().Get(ctx, layout.ProfileKey(room.Visitor.Token))
	if err != nil {
		return nil, err
	}
	if profile != nil {
		visitor, err := layout.DecodeVisitor(profile)
		if err != nil || visitor.ID == room.Visitor.ID {
			return nil, err
		}
		return &Problem{
			Kind: "anothers-room", Says: fmt.Sprintf("room %s belongs to visitor %s, but is stored with visitor %s", room.ID,
				room.Visitor.ID, visitor.ID),
			WhyLeft: "the rightful visitor is unknown",
		}, nil
	}
	return &Problem{
		Kind: "room-without-visitor", Says: "room " + room.ID + " belongs to visitor " + room.Visitor.ID + ", who does not exist",
		Mend: "recreate the visitor from the room's data",
		repair: func(ctx context.Context) error {
			visitor := livechat.Visitor{
				ID: room.Visitor.ID, Username: room.Visitor.Username, Token: room.Visitor.Token,
				Status: livechat.StatusOffline, RegisteredAt: room.OpenedAt, UpdatedAt: w.Now(), Department: room.DepartmentID,
			}
			if room.Name != visitor.Username {
				visitor.Name = room.Name
			}
			made, err := layout.VisitorItem(visitor)
			if err != nil {
				return err
			}
			key := item.Key()
			same, values := layout.IfSame(room)
			return w.Store.Table().Transact(ctx,
				table.Write{Put: made, If: layout.IfAbsent}, table.Write{Check: &key, If: same, Values: values})
		},
	}, nil
}

// roomTwice checks that the room is not also stored under another key.
func (w *tableScan) roomTwice(ctx context.Context, room livechat.Room, item table.Item) (*Problem, error) {
	others, err := w.othersWith(ctx, layout.IndexRoom(room.ID), item.Key())
	if err != nil || len(others) == 0 {
		return nil, err
	}
	return &Problem{
		Kind: "room-twice", Says: "room " + room.ID + " is stored under two keys",
		WhyLeft: "the right key is unknown",
	}, nil
}
