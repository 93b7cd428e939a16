package store

import (
	"context"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// CloseVisitorsRoom closes a room of the visitor with the token. decide returns the
// closed room and its survey. CloseVisitorsRoom writes both, and moves the room to its
// own key.
//
// It fails with [livechat.ErrInvalidToken], [livechat.ErrInvalidRoom] or decide's error,
// for example if the room is already closed.
func (s *Store) CloseVisitorsRoom(
	ctx context.Context, token, rid string, decide func(livechat.Room) (livechat.Closed, error),
) (livechat.Closed, error) {
	return s.close(ctx, func() (livechat.Room, error) { return s.VisitorsRoom(ctx, token, rid) }, decide)
}

// CloseRoom closes the room with the id, as CloseVisitorsRoom does. It fails with
// [livechat.ErrInvalidRoom] if there is no such room.
func (s *Store) CloseRoom(
	ctx context.Context, rid string, decide func(livechat.Room) (livechat.Closed, error),
) (livechat.Closed, error) {
	return s.close(ctx, func() (livechat.Room, error) { return s.RoomByID(ctx, rid) }, decide)
}

func (s *Store) close(
	ctx context.Context, read func() (livechat.Room, error), decide func(livechat.Room) (livechat.Closed, error),
) (livechat.Closed, error) {
	var closed livechat.Closed
	_, err := s.updateRoom(ctx, read, func(room livechat.Room) (_ update, err error) {
		if closed, err = decide(room); err != nil {
			return update{}, err
		}
		whole, err := s.WithLongAnswers(ctx, closed.Room)
		if err != nil {
			return update{}, err
		}
		also, err := layout.CommentWrite(closed.Survey, whole.SurveyFeedback)
		if err != nil {
			return update{}, err
		}
		survey, err := layout.SurveyItem(closed.Survey)
		return update{closed.Change, append(also, table.Write{Put: survey, If: layout.IfAbsent})}, err
	})
	if err != nil {
		return livechat.Closed{}, fmt.Errorf("close room: %w", err)
	}
	return closed, nil
}
