package store

import (
	"context"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// crowded reports whether the room has more unsaved messages than one transaction
// gives items of their own, beside what else becomes of the room.
func crowded(r livechat.Room) bool { return len(r.Unsaved) > settledAtOnce }

// settledAtOnce messages and their places are 80 of the 100 items of a transaction.
const settledAtOnce = 40

// settle gives the first of a crowded room's unsaved messages items of their own;
// the rest stay with it. It fails with ErrChanged, also when it is done: whatever
// was computed from the room is to be computed again.
func (s *Store) settle(ctx context.Context, r livechat.Room) error {
	first, rest := r.Unsaved[:settledAtOnce], r.Unsaved[settledAtOnce:]
	settled := *r.Settled
	for _, m := range first {
		settled, _ = settled.Append(m)
	}
	settled.Version = r.Version
	item, err := layout.RoomItemWith(settled, rest)
	if err != nil {
		return err
	}
	messages, err := layout.MessageWrites(first)
	if err != nil {
		return err
	}
	condition, values := layout.IfSame(r)
	err = s.table.Transact(ctx, append(messages, table.Write{Put: item, If: condition, Values: values})...)
	if err != nil {
		return changedIfLost(err)
	}
	return ErrChanged
}
