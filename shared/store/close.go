package store

import (
	"context"
	"fmt"
	"slices"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// CloseVisitorsRoom closes a room of the visitor whose token it is. It reads the
// room, has decide close it, and moves it to its own key together with its
// survey and the messages that it tells of; all again when the room changed
// meanwhile.
//
// It fails with [livechat.ErrInvalidToken] and [livechat.ErrInvalidRoom], and
// with whatever decide fails with, such as for a room that is closed already.
func (s *Store) CloseVisitorsRoom(
	ctx context.Context, token, rid string, decide func(livechat.Room) (livechat.Closed, error),
) (livechat.Closed, error) {
	return s.close(ctx, decide, func() (livechat.Room, error) {
		seen, err := s.visitorsRoom(ctx, token, rid)
		return seen.Room, err
	})
}

// CloseRoom closes the room with that id, as CloseVisitorsRoom does. It fails
// with [livechat.ErrInvalidRoom] when there is none.
func (s *Store) CloseRoom(
	ctx context.Context, rid string, decide func(livechat.Room) (livechat.Closed, error),
) (livechat.Closed, error) {
	return s.close(ctx, decide, func() (livechat.Room, error) { return s.RoomByID(ctx, rid) })
}

func (s *Store) close(
	ctx context.Context, decide func(livechat.Room) (livechat.Closed, error), read func() (livechat.Room, error),
) (livechat.Closed, error) {
	var closed livechat.Closed
	err := untilUnchanged(ctx, func() error {
		room, err := read()
		if err != nil {
			return err
		}
		if closed, err = decide(room); err != nil {
			return err
		}
		return s.saveClosed(ctx, room, closed)
	})
	if err != nil {
		return livechat.Closed{}, fmt.Errorf("close room: %w", err)
	}
	return closed, nil
}

func (s *Store) saveClosed(ctx context.Context, was livechat.Room, closed livechat.Closed) error {
	if crowded(was) {
		return s.settle(ctx, was)
	}
	writes, err := closingWrites(was, closed)
	if err != nil {
		return err
	}
	err = s.withLoad(ctx, was, closed.Room, func() error { return s.table.Transact(ctx, writes...) })
	return changedIfLost(err)
}

func closingWrites(was livechat.Room, closed livechat.Closed) ([]table.Write, error) {
	room, err := layout.RoomItem(closed.Room)
	if err != nil {
		return nil, err
	}
	survey, err := layout.SurveyItem(closed.Survey)
	if err != nil {
		return nil, err
	}
	messages, err := layout.MessageWrites(closed.Room.Unsaved)
	if err != nil {
		return nil, err
	}
	comment, err := layout.CommentWrite(closed.Survey, closed.Room.SurveyFeedback)
	if err != nil {
		return nil, err
	}
	left, err := layout.Leave(was, closed.Room.UpdatedAt)
	if err != nil {
		return nil, err
	}
	return slices.Concat(comment, messages, []table.Write{
		left,
		{Put: room, If: layout.IfAbsent},
		{Put: survey, If: layout.IfAbsent},
	}), nil
}
