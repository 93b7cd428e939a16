package store

import (
	"cmp"
	"context"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorByToken returns the visitor whose token it is and their open room,
// nil when there is none, in one round trip. It fails with
// [livechat.ErrInvalidToken] when the token is nobody's; of the visitor is then known
// what they are VacatedBy.
func (s *Store) VisitorByToken(ctx context.Context, token string) (livechat.Visitor, *livechat.Room, error) {
	visitor, seen, err := s.visit(ctx, token)
	if seen == nil {
		return visitor, nil, err
	}
	return visitor, &seen.Room, err
}

func (s *Store) visit(ctx context.Context, token string) (livechat.Visitor, *seenRoom, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.VisitorPartition(token), From: layout.SortOpen, To: layout.SortProfile})
	if err != nil {
		return livechat.Visitor{}, nil, fmt.Errorf("visitor by token: %w", err)
	}
	var visitor livechat.Visitor
	var room *seenRoom
	var vacatedBy string
	for _, item := range items {
		switch {
		case item.Key().SK == layout.SortProfile:
			visitor, err = layout.DecodeVisitor(item)
		case !layout.HasRoom(item):
			vacatedBy = cmp.Or(item.Text(layout.FieldLastRoom), item.Text(layout.FieldDeletedVisitor))
		default:
			room = &seenRoom{item: item}
			room.Room, err = layout.DecodeRoom(item)
		}
		if err != nil {
			return livechat.Visitor{}, nil, err
		}
	}
	if visitor.ID == "" {
		return livechat.Visitor{VacatedBy: vacatedBy}, nil, livechat.ErrInvalidToken
	}
	visitor.VacatedBy = vacatedBy
	if room != nil && !room.Names(visitor) {
		// It was opened, or given to the visitor, while they changed their name.
		room.Room = room.Rename(visitor, room.UpdatedAt)
	}
	return visitor, room, nil
}
