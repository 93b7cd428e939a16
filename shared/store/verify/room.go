package verify

import (
	"context"
	"errors"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// checkRoom examines a room. It must have the right keys, be stored only once, have a
// visitor, and match its messages and long answers.
func (w *tableScan) checkRoom(ctx context.Context, item table.Item) ([]Problem, error) {
	sort := item.Key().SK
	room, err := layout.DecodeRoom(item)
	if err != nil || room.ID == "" || layout.VisitorPartition(room.Visitor.Token) != item.Key().PK ||
		sort != layout.SortOpen && sort != layout.PrefixRoom+room.ID {
		return unreadable("the room")
	}
	if room.Open != (sort == layout.SortOpen) {
		return w.misplaced(room, item.Key()), nil
	}
	wanted, err := layout.RoomItem(room)
	if err != nil {
		return nil, err
	}
	problems := w.checkIndexKeys(item, wanted, kindIndexKeys, "room "+room.ID)
	for _, check := range []func(context.Context, livechat.Room, table.Item) ([]Problem, error){
		w.checkRoomsVisitor, w.checkRoomTwice, w.checkRoomsMessages, w.checkLongAnswers,
	} {
		found, err := check(ctx, room, item)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	return problems, nil
}

// misplaced returns the problem that an open room has the key of a closed room, or the
// reverse.
func (w *tableScan) misplaced(room livechat.Room, key table.Key) []Problem {
	if !room.Open {
		return []Problem{{
			Kind: "closed-in-open", Says: "room " + room.ID + " is closed, but has the key of the open room",
			Mend: "move it to its own key",
			repair: func(ctx context.Context) error {
				return w.place(ctx, key, room, livechat.Closed{Change: livechat.Change{Room: room}})
			},
		}}
	}
	return []Problem{{
		Kind: "second-open-room", Says: "room " + room.ID + " is open, but has the key of a closed room",
		Mend: "close it",
		repair: func(ctx context.Context) error {
			closed, err := w.Close(room)
			if err != nil {
				return err
			}
			return w.place(ctx, key, room, closed)
		},
	}}
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
		return w.table.Transact(ctx, writes...)
	}
	survey, err := layout.SurveyItem(closed.Survey)
	if err != nil {
		return err
	}
	err = w.table.Transact(ctx, append(writes, table.Write{Put: survey, If: layout.IfAbsent})...)
	if failed, lost := errors.AsType[*table.ConditionFailed](err); lost && failed.Index == len(writes) {
		return w.table.Transact(ctx, writes...) // the room already has a survey
	}
	return err
}

// checkRoomsVisitor checks that the room's visitor exists.
func (w *tableScan) checkRoomsVisitor(ctx context.Context, room livechat.Room, item table.Item) ([]Problem, error) {
	profile, err := w.table.Get(ctx, layout.ProfileKey(room.Visitor.Token))
	if err != nil {
		return nil, err
	}
	if profile == nil {
		return []Problem{{
			Kind: "room-without-visitor", Says: "room " + room.ID + " belongs to visitor " + room.Visitor.ID + ", who does not exist",
			Mend:   "recreate the visitor from the room's data",
			repair: func(ctx context.Context) error { return w.recreateVisitor(ctx, room, item.Key()) },
		}}, nil
	}
	visitor, err := layout.DecodeVisitor(profile)
	if err != nil || visitor.ID == room.Visitor.ID {
		return nil, err
	}
	return []Problem{{
		Kind: "anothers-room", Says: "room " + room.ID + " belongs to visitor " + room.Visitor.ID + ", but is stored with visitor " + visitor.ID,
		WhyLeft: "the rightful visitor is unknown",
	}}, nil
}

func (w *tableScan) recreateVisitor(ctx context.Context, room livechat.Room, roomKey table.Key) error {
	visitor := livechat.Visitor{
		ID: room.Visitor.ID, Username: room.Visitor.Username, Token: room.Visitor.Token,
		Status: livechat.StatusOffline, RegisteredAt: room.OpenedAt, UpdatedAt: w.Now(), Department: room.DepartmentID,
	}
	if room.Name != visitor.Username {
		visitor.Name = room.Name
	}
	profile, err := layout.VisitorItem(visitor)
	if err != nil {
		return err
	}
	same, values := layout.IfSame(room)
	return w.table.Transact(ctx,
		table.Write{Put: profile, If: layout.IfAbsent}, table.Write{Check: &roomKey, If: same, Values: values})
}

// checkRoomTwice checks that the room is not also stored under another key.
func (w *tableScan) checkRoomTwice(ctx context.Context, room livechat.Room, item table.Item) ([]Problem, error) {
	if twice, err := w.storedTwice(ctx, item.Key(), layout.IndexRoom(room.ID)); err != nil || !twice {
		return nil, err
	}
	return []Problem{{
		Kind: "room-twice", Says: "room " + room.ID + " is stored under two keys",
		WhyLeft: "the right key is unknown",
	}}, nil
}
