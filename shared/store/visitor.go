package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// RegisterVisitor applies register to the visitor with the token and writes the result.
// If the token is unknown, known is false. RegisterVisitor then counts the new visitor
// with Admit before it writes, and returns Admit's error. A visitor without a username
// gets the next guest name. If the visitor's names changed, they are written to the
// visitor's open room in the same transaction. An unchanged visitor is not written.
func (s *Store) RegisterVisitor(
	ctx context.Context, token string,
	register func(v livechat.Visitor, known bool) (livechat.Visitor, error),
	counts ...livechat.RateUse,
) (livechat.Visitor, error) {
	var registered livechat.Visitor
	var drawn string // kept for the next try, because each draw uses up a number
	err := table.RetryConflicts(ctx, func() error {
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
			before.Go(func() error { return s.Admit(ctx, next.RegisteredAt, after(visitor.LastEndedID, counts)...) })
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
		if known && reflect.DeepEqual(next, visitor) && (room == nil || room.Names(next)) {
			return nil
		}
		return s.saveVisitor(ctx, next, room)
	})
	if err != nil {
		return livechat.Visitor{}, fmt.Errorf("register visitor: %w", err)
	}
	return registered, nil
}

// after adds the id of the token's deleted visitor to the counts. Otherwise a client
// could register and delete visitors with one token endlessly, and be counted once.
func after(deleted string, counts []livechat.RateUse) []livechat.RateUse {
	counts = slices.Clone(counts)
	for i := range counts {
		counts[i].What += " " + deleted
	}
	return counts
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
	writes := []table.Write{{Put: item, If: condition, Values: values}}
	if room != nil && !room.Names(v) {
		renamed, err := layout.RoomWrites(*room, livechat.Change{Room: room.Rename(v, v.UpdatedAt)})
		if err != nil {
			return err
		}
		writes = append(writes, renamed...)
	}
	err = s.putAll(ctx, writes)
	failed, lost := errors.AsType[*table.ConditionFailed](err)
	if !lost {
		return err
	}
	if stored, decodeErr := layout.DecodeVisitor(failed.Old); v.Version == 0 && decodeErr == nil && stored.ID == v.ID {
		// The first write succeeded, but its answer was lost and the write was retried.
		return nil
	}
	return livechat.ErrConflict
}
