package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// RegisterVisitor changes the visitor whose token it is, or makes them: known
// tells register which. It reads the visitor, has register say what becomes of
// them, and writes that; all again when somebody else was faster. A visitor
// left without username gets the next free guest name. One who is new is
// counted before they are made, and it can fail as Admit does. The open room takes
// on the visitor's names in the same transaction.
func (s *Store) RegisterVisitor(
	ctx context.Context, token string,
	register func(v livechat.Visitor, known bool) (livechat.Visitor, error),
	counts ...livechat.Count,
) (livechat.Visitor, error) {
	var registered livechat.Visitor
	var drawn string // kept for the next try: a number is used up by being drawn
	err := untilUnchanged(ctx, func() error {
		visitor, room, err := s.VisitorByToken(ctx, token)
		known := !errors.Is(err, livechat.ErrInvalidToken)
		if err != nil && known {
			return err
		}
		next, err := register(visitor, known)
		if err != nil {
			return err
		}
		var before errgroup.Group
		if !known {
			before.Go(func() error { return s.Admit(ctx, next.Ts, after(visitor.VacatedBy, counts)...) })
		}
		if next.Username == "" && drawn == "" {
			before.Go(func() (err error) {
				drawn, err = s.nextGuestName(ctx)
				return err
			})
		}
		if err := before.Wait(); err != nil {
			return err
		}
		if next.Username == "" {
			next.Username = drawn
		}
		registered = next
		return s.saveVisitor(ctx, next, room)
	})
	if err != nil {
		return livechat.Visitor{}, fmt.Errorf("register visitor: %w", err)
	}
	return registered, nil
}

// after names what is counted anew for each visitor of the token who was deleted: else
// one token could come and go without end, and be counted once.
func after(deleted string, counts []livechat.Count) []livechat.Count {
	counts = slices.Clone(counts)
	for i := range counts {
		counts[i].What += " " + deleted
	}
	return counts
}

func (s *Store) nextGuestName(ctx context.Context) (string, error) {
	counter, err := s.table.Update(ctx, layout.GuestCounterKey, table.Change{
		Expression: "ADD guests :one", Values: table.Values{":one": 1},
	})
	if err != nil {
		return "", fmt.Errorf("next guest name: %w", err)
	}
	var count struct {
		Guests int64 `json:"guests"`
	}
	if err := counter.Decode(&count); err != nil {
		return "", err
	}
	return livechat.GuestName(count.Guests), nil
}

func (s *Store) saveVisitor(ctx context.Context, v livechat.Visitor, room *livechat.Room) error {
	item, err := layout.VisitorItem(v)
	if err != nil {
		return err
	}
	condition, values := layout.IfAbsent, table.Values(nil)
	if v.Version > 0 {
		condition, values = layout.IfUnchanged, table.Values{":version": v.Version}
	}
	if room == nil || room.Names(v) {
		err = s.table.Put(ctx, item, condition, values)
	} else {
		err = s.saveRenamed(ctx, table.Write{Put: item, If: condition, Values: values}, room.Rename(v, v.UpdatedAt))
	}
	failed, lost := errors.AsType[*table.ConditionFailed](err)
	if !lost {
		return err
	}
	if stored, decodeErr := layout.DecodeVisitor(failed.Old); v.Version == 0 && decodeErr == nil && stored.ID == v.ID {
		// The write was done, its answer lost, and done again.
		return nil
	}
	return ErrChanged
}

func (s *Store) saveRenamed(ctx context.Context, visitor table.Write, room livechat.Room) error {
	if crowded(room) {
		return s.settle(ctx, room)
	}
	writes, err := layout.ReplaceRoom(room)
	if err != nil {
		return err
	}
	return s.table.Transact(ctx, append([]table.Write{visitor}, writes...)...)
}
