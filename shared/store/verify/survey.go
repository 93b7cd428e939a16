package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// overdue is the longest time for which a survey stays due while the service works.
const overdue = 24 * time.Hour

// checkSurvey examines the survey of a room.
func (w *tableScan) checkSurvey(ctx context.Context, rid string, item table.Item) ([]Problem, error) {
	s, err := layout.DecodeSurvey(item)
	if err != nil || s.RoomID != rid || s.ClosedOn == "" {
		return unreadable("the survey")
	}
	wanted, err := layout.SurveyItem(s)
	if err != nil {
		return nil, err
	}
	problems := append(w.checkIndexKeys(item, wanted, "survey-index-keys", "the survey of room "+rid), w.checkDueTime(s)...)
	if s.Visitor == nil {
		return problems, nil
	}
	ofRoom, err := w.checkSurveysRoom(ctx, s)
	return append(problems, ofRoom...), err
}

// checkDueTime checks that a survey that is not final is due, and not overdue.
func (w *tableScan) checkDueTime(s livechat.Survey) []Problem {
	switch {
	case !s.Final() && s.DueAt == 0:
		return []Problem{{
			Kind: "survey-never-due", Says: "the survey of room " + s.RoomID + " is not final, but never due",
			Mend: "make it due now",
			repair: func(ctx context.Context) error {
				s.DueAt = w.Now()
				return w.Store.SaveSurvey(ctx, s)
			},
		}}
	case s.DueAt != 0 && s.DueAt < w.Now().Add(-overdue):
		return []Problem{{
			Kind: "survey-stuck", Says: fmt.Sprintf("the survey of room %s has been due since %s", s.RoomID, s.DueAt),
			WhyLeft: "survey-send processes it when it runs: see its log",
		}}
	}
	return nil
}

// checkSurveysRoom checks that the survey's room exists and belongs to the survey's visitor.
func (w *tableScan) checkSurveysRoom(ctx context.Context, s livechat.Survey) ([]Problem, error) {
	room, err := w.Store.RoomByID(ctx, s.RoomID)
	if errors.Is(err, livechat.ErrInvalidRoom) {
		return []Problem{{
			Kind: "survey-without-room", Says: "the survey of room " + s.RoomID + " belongs to a room that does not exist",
			Mend: "delete the visitor's data from it, as a deletion does; its facts and score stay", LosesData: true,
			repair: func(ctx context.Context) error { return w.Store.ForgetSurvey(ctx, s.RoomID) },
		}}, nil
	}
	if err != nil {
		return nil, err
	}
	problems, err := w.checkSurveysComment(ctx, s, room)
	of := livechat.SurveyVisitor{ID: room.Visitor.ID, Token: room.Visitor.Token}
	if *s.Visitor != of {
		problems = append(problems, Problem{
			Kind: "survey-of-another", Says: "the survey of room " + s.RoomID + " asks another visitor than the room's",
			Mend: "make it ask the room's visitor",
			repair: func(ctx context.Context) error {
				s.Visitor = &of
				return w.Store.SaveSurvey(ctx, s)
			},
		})
	}
	return problems, err
}

// checkSurveysComment checks that the comment with the survey's texts exists.
func (w *tableScan) checkSurveysComment(ctx context.Context, s livechat.Survey, room livechat.Room) ([]Problem, error) {
	room, err := w.Store.WithLongAnswers(ctx, room)
	if err != nil {
		return nil, err
	}
	writes, err := layout.CommentWrite(s, room.SurveyFeedback)
	if err != nil || len(writes) == 0 {
		return nil, err
	}
	item, err := w.table.Get(ctx, writes[0].Put.Key())
	if err != nil || item != nil {
		return nil, err
	}
	return []Problem{{
		Kind: "comment-missing", Says: "the comment on room " + s.RoomID + " is missing",
		Mend: "write it",
		repair: func(ctx context.Context) error {
			return w.table.Transact(ctx, writes[0], layout.CheckVersion(layout.SurveyKey(s.RoomID), s.Version))
		},
	}}, nil
}

// checkLink examines a survey link. Its survey must contain its hash.
func (w *tableScan) checkLink(ctx context.Context, item table.Item) ([]Problem, error) {
	var link livechat.Link
	if err := item.Decode(&link); err != nil || item.Key() != layout.LinkKey(link.Hash) {
		return unreadable("the link")
	}
	s, err := w.Store.Survey(ctx, link.RoomID)
	if err != nil {
		return nil, err
	}
	if s != nil && slices.Contains(s.Links, link.Hash) {
		return w.checkExpiry(item), nil
	}
	unchanged := layout.CheckAbsent(layout.SurveyKey(link.RoomID))
	if s != nil {
		unchanged = layout.CheckVersion(layout.SurveyKey(link.RoomID), s.Version)
	}
	return []Problem{{
		Kind: "dangling-link", Says: "the survey of room " + link.RoomID + " does not contain this link",
		Mend: "delete it", repair: w.deleteIf(unchanged, item.Key()),
	}}, nil
}

// checkComment examines a comment. Its survey must exist, have the comment's key, and name the
// texts in the comment.
func (w *tableScan) checkComment(ctx context.Context, item table.Item) ([]Problem, error) {
	key := item.Key()
	rid := key.SK[strings.LastIndex(key.SK, "#")+1:]
	s, err := w.Store.Survey(ctx, rid)
	if err != nil {
		return nil, err
	}
	if s != nil && len(s.Texts) > 0 && layout.CommentKey(s.ClosedOn, s.ClosedAt, rid) == key {
		return nil, nil
	}
	return []Problem{{
		Kind: "orphaned-comment", Says: "a comment on room " + rid + " whose survey names no texts for it",
		Mend: "delete it", LosesData: true,
		repair: func(ctx context.Context) error { return w.table.Delete(ctx, key, "", nil, nil) },
	}}, nil
}
