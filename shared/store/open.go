package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// OpenRoom makes the room the visitor's open one, by one conditional write, and
// returns it with true; or, when somebody was faster, the room that is open
// already with false. It fails with [livechat.ErrInvalidToken] when the visitor
// is being deleted.
func (s *Store) OpenRoom(ctx context.Context, room livechat.Room) (livechat.Room, bool, error) {
	item, err := layout.OpeningItem(room)
	if err != nil {
		return livechat.Room{}, false, err
	}
	// The agent's load goes up beside the write, not after it: it costs no
	// time, and may be wrong for a moment, which routing can bear.
	var opening errgroup.Group
	opening.Go(func() error { s.load(ctx, room, +1); return nil })
	opening.Go(func() error {
		return s.table.Put(ctx, item, layout.IfPlaceForRoom, layout.PlaceForRoom(room.Visitor.ID, room.Ts))
	})
	err = opening.Wait()
	if err == nil {
		opened, err := layout.DecodeRoom(item)
		return opened, true, err
	}
	taken, lost := errors.AsType[*table.ConditionFailed](err)
	if !lost {
		s.load(ctx, room, -1)
		return livechat.Room{}, false, fmt.Errorf("open room: %w", err)
	}
	if layout.IsTombstone(taken.Old) {
		s.load(ctx, room, -1)
		return livechat.Room{}, false, livechat.ErrInvalidToken
	}
	winner, err := layout.DecodeRoom(taken.Old)
	if err != nil {
		return livechat.Room{}, false, err
	}
	if winner.ID == room.ID {
		// The write was done, its answer lost, and done again.
		return winner, true, nil
	}
	s.load(ctx, room, -1)
	return winner, false, nil
}

// withLoad does the write, and beside it moves the load from the agent who served
// the open room before to the one who does after. It is taken back when the write
// fails.
func (s *Store) withLoad(ctx context.Context, before, after livechat.Room, write func() error) error {
	if loaded(before) == loaded(after) {
		return write()
	}
	var both errgroup.Group
	both.Go(func() error { s.load(ctx, before, -1); s.load(ctx, after, +1); return nil })
	both.Go(write)
	err := both.Wait()
	if err != nil {
		// The caller's time may be what ran out.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackTime)
		defer cancel()
		s.load(ctx, before, +1)
		s.load(ctx, after, -1)
	}
	return err
}

// takeBackTime is less than what a function has left to answer in.
const takeBackTime = 500 * time.Millisecond

// loaded is the agent whom the room is a load to; empty for nobody.
func loaded(r livechat.Room) string {
	if !r.Open || r.ServedBy == nil {
		return ""
	}
	return r.ServedBy.ID
}

// load adds to the number of open rooms of the agent who serves the room. A
// failure is logged and no more: the figure guides routing, and a room is not
// refused for it.
func (s *Store) load(ctx context.Context, room livechat.Room, rooms int) {
	agent := loaded(room)
	if agent == "" {
		return
	}
	_, err := s.table.Update(ctx, layout.AgentKey(agent), table.Change{
		Expression: "ADD openRooms :rooms", If: layout.IfPresent, Values: table.Values{":rooms": rooms},
	})
	if _, gone := errors.AsType[*table.ConditionFailed](err); gone {
		return // an agent who is none any more has no load
	}
	if err != nil {
		slog.WarnContext(ctx, "agent's load is not up to date", "agent", agent, "error", err)
	}
}
