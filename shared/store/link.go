package store

import (
	"context"
	"errors"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
)

// link returns the link with the hash. It fails with livechat.ErrUnknownLink if no link
// has the hash.
func (s *Store) link(ctx context.Context, hash string) (livechat.Link, error) {
	item, err := s.table.Get(ctx, layout.LinkKey(hash))
	if err != nil {
		return livechat.Link{}, err
	}
	if item == nil {
		return livechat.Link{}, livechat.ErrUnknownLink
	}
	var link livechat.Link
	return link, item.Decode(&link)
}

// SurveyByLink returns the survey of the link with the hash, and the room's answers. It
// fails with [livechat.ErrUnknownLink].
func (s *Store) SurveyByLink(ctx context.Context, hash string) (livechat.Survey, livechat.Answers, error) {
	room, survey, err := s.roomOfLink(ctx, hash)
	if err == nil {
		room, err = s.WithLongAnswers(ctx, room)
	}
	if err != nil {
		return livechat.Survey{}, nil, fmt.Errorf("survey by link: %w", err)
	}
	return *survey, room.SurveyFeedback, nil
}

// AnswerByLink answers the survey of the link with the hash, as AnswerSurvey does. It
// fails with [livechat.ErrUnknownLink] or answer's error.
func (s *Store) AnswerByLink(
	ctx context.Context, hash string,
	answer func(livechat.Room, livechat.Survey) (livechat.Room, livechat.AnswerEntry, error),
) (livechat.Room, error) {
	answered, err := s.answerRoom(ctx,
		func() (livechat.Room, *livechat.Survey, error) { return s.roomOfLink(ctx, hash) },
		func(room livechat.Room, survey *livechat.Survey) (livechat.Room, livechat.AnswerEntry, error) {
			return answer(room, *survey)
		})
	if err != nil {
		return livechat.Room{}, fmt.Errorf("answer by link: %w", err)
	}
	return answered, nil
}

// roomOfLink reads the link with the hash, its survey, and the closed room of the
// survey's visitor. It needs three round trips.
func (s *Store) roomOfLink(ctx context.Context, hash string) (room livechat.Room, survey *livechat.Survey, err error) {
	link, err := s.link(ctx, hash)
	if err != nil {
		return room, nil, err
	}
	if survey, err = s.Survey(ctx, link.RoomID); err != nil {
		return room, nil, err
	}
	if survey == nil || survey.Visitor == nil || survey.Visitor.ID != link.VisitorID {
		return room, nil, livechat.ErrUnknownLink
	}
	room, err = s.closedRoom(ctx, survey.Visitor.Token, link.RoomID)
	if errors.Is(err, livechat.ErrInvalidRoom) {
		// The visitor is being deleted, or the room was just moved to another visitor.
		err = livechat.ErrUnknownLink
	}
	return room, survey, err
}

// Unsubscribe stops survey mails to the address that the link with the hash was sent to.
// It fails with [livechat.ErrUnknownLink].
func (s *Store) Unsubscribe(ctx context.Context, hash string, now livechat.Time) error {
	link, err := s.link(ctx, hash)
	if err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	if link.Address == "" {
		// The operator's own system delivered this link, and also handles unsubscribing.
		return nil
	}
	if err := s.PutMailsEnd(ctx, link.Address, livechat.MailsEnd{At: now, Reason: livechat.EndUnsubscribed}, ""); err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	return nil
}
