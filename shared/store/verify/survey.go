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

// survey examines the survey of a room.
func (w *tableScan) survey(ctx context.Context, rid string, item table.Item) ([]Problem, error) {
	s, err := layout.DecodeSurvey(item)
	if err != nil || s.RoomID != rid || s.ClosedOn == "" {
		return unreadable("the survey"), nil //nolint:nilerr // reported as a problem
	}
	wanted, err := layout.SurveyItem(s)
	if err != nil {
		return nil, err
	}
	var problems []Problem
	if p, wrong := w.indexKeysProblem(item, map[string]string{
		layout.IDIndexPK: wanted.Text(layout.IDIndexPK), layout.TimeIndexPK: wanted.Text(layout.TimeIndexPK),
		layout.TimeIndexSK: wanted.Text(layout.TimeIndexSK),
	}); wrong {
		p.Kind, p.Says = "survey-index-keys", "the survey of room "+rid+" "+p.Says
		problems = append(problems, p)
	}
	switch {
	case !s.Final() && s.DueAt == 0:
		problems = append(problems, w.changeSurvey(s, "survey-never-due", "is not final, but never due", "make it due now",
			func(s livechat.Survey) livechat.Survey { s.DueAt = w.Now(); return s }))
	case s.DueAt != 0 && s.DueAt < w.Now().Add(-overdue):
		problems = append(problems, Problem{
			Kind: "survey-stuck", Says: fmt.Sprintf("the survey of room %s has been due since %s", rid, s.DueAt),
			WhyLeft: "survey-send processes it when it runs: see its log",
		})
	}
	if s.Visitor == nil {
		return problems, nil
	}
	room, err := w.Store.RoomByID(ctx, rid)
	if errors.Is(err, livechat.ErrInvalidRoom) {
		return append(problems, Problem{
			Kind: "survey-without-room", Says: "the survey of room " + rid + " belongs to a room that does not exist",
			Mend: "delete the visitor's data from it, as a deletion does; its facts and score stay", LosesData: true,
			repair: func(ctx context.Context) error { return w.Store.ForgetSurvey(ctx, rid) },
		}), nil
	}
	if err != nil {
		return nil, err
	}
	of := livechat.SurveyVisitor{ID: room.Visitor.ID, Token: room.Visitor.Token}
	if *s.Visitor != of {
		problems = append(problems, w.changeSurvey(s, "survey-of-another", "asks another visitor than the room's",
			"make it ask the room's visitor",
			func(s livechat.Survey) livechat.Survey { s.Visitor = &of; return s }))
	}
	p, err := w.surveysComment(ctx, s, room)
	if p != nil {
		problems = append(problems, *p)
	}
	return problems, err
}

func (w *tableScan) changeSurvey(s livechat.Survey, kind, says, mend string, change func(livechat.Survey) livechat.Survey) Problem {
	return Problem{
		Kind: kind, Says: "the survey of room " + s.RoomID + " " + says, Mend: mend,
		repair: func(ctx context.Context) error { return w.Store.SaveSurvey(ctx, change(s)) },
	}
}

// surveysComment checks that the comment with the survey's texts exists.
func (w *tableScan) surveysComment(ctx context.Context, s livechat.Survey, room livechat.Room) (*Problem, error) {
	room, err := w.Store.WithLongAnswers(ctx, room)
	if err != nil {
		return nil, err
	}
	writes, err := layout.CommentWrite(s, room.SurveyFeedback)
	if err != nil || len(writes) == 0 {
		return nil, err
	}
	item, err := w.Store.Table().Get(ctx, writes[0].Put.Key())
	if err != nil || item != nil {
		return nil, err
	}
	at := layout.SurveyKey(s.RoomID)
	return &Problem{
		Kind: "comment-missing", Says: "the comment on room " + s.RoomID + " is missing",
		Mend: "write it",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Transact(ctx, writes[0],
				table.Write{Check: &at, If: layout.IfUnchanged, Values: table.Values{":version": s.Version}})
		},
	}, nil
}

// linkItem examines a survey link. Its survey must contain its hash.
func (w *tableScan) linkItem(ctx context.Context, item table.Item) ([]Problem, error) {
	var link livechat.Link
	if err := item.Decode(&link); err != nil || item.Key() != layout.LinkKey(link.Hash) {
		return unreadable("the link"), nil //nolint:nilerr // reported as a problem
	}
	s, err := w.Store.Survey(ctx, link.RoomID)
	if err != nil {
		return nil, err
	}
	if s != nil && slices.Contains(s.Links, link.Hash) {
		return w.checkExpiry(item), nil
	}
	at, key := layout.SurveyKey(link.RoomID), item.Key()
	unchanged := table.Write{Check: &at, If: layout.IfAbsent}
	if s != nil {
		unchanged = table.Write{Check: &at, If: layout.IfUnchanged, Values: table.Values{":version": s.Version}}
	}
	return singleProblem(Problem{
		Kind: "dangling-link", Says: "the survey of room " + link.RoomID + " does not contain this link",
		Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Transact(ctx, unchanged, table.Write{Delete: &key})
		},
	}), nil
}

// comment examines a comment. Its survey must exist, have the comment's key, and name the
// texts in the comment.
func (w *tableScan) comment(ctx context.Context, item table.Item) ([]Problem, error) {
	key := item.Key()
	rid := key.SK[strings.LastIndex(key.SK, "#")+1:]
	s, err := w.Store.Survey(ctx, rid)
	if err != nil {
		return nil, err
	}
	if s != nil && len(s.Texts) > 0 && layout.CommentKey(s.ClosedOn, s.ClosedAt, rid) == key {
		return nil, nil
	}
	return singleProblem(Problem{
		Kind: "orphaned-comment", Says: "a comment on room " + rid + " whose survey names no texts for it",
		Mend: "delete it", LosesData: true,
		repair: func(ctx context.Context) error { return w.Store.Table().Delete(ctx, key, "", nil, nil) },
	}), nil
}
