package store

import (
	"context"
	"errors"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// PutVisitor writes a visitor as given, as an import does; one whose token is
// known already is left as they are.
func (s *Store) PutVisitor(ctx context.Context, v livechat.Visitor) error {
	item, err := visitorItem(v)
	if err != nil {
		return err
	}
	return s.putIfAbsent(ctx, item)
}

// PutRoom writes a room as given, open or closed, as an import does; one that
// stands in its place already is left as it is.
func (s *Store) PutRoom(ctx context.Context, r livechat.Room) error {
	item, err := roomItem(r)
	if err != nil {
		return err
	}
	return s.putIfAbsent(ctx, item)
}

func (s *Store) putIfAbsent(ctx context.Context, item table.Item) error {
	err := s.table.Put(ctx, item, ifAbsent, nil)
	if _, there := errors.AsType[*table.ConditionFailed](err); there {
		return nil
	}
	return err
}
