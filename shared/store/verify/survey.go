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

// overdue is for how long a survey can have been due on a service that works.
const overdue = 24 * time.Hour

// survey looks at what became of asking about a room.
func (w *walk) survey(ctx context.Context, rid string, item table.Item) ([]Problem, error) {
	s, err := layout.DecodeSurvey(item)
	if err != nil || s.RoomID != rid || s.ClosedOn == "" {
		return unreadable("the survey"), nil //nolint:nilerr // that is the problem
	}
	wanted, err := layout.SurveyItem(s)
	if err != nil {
		return nil, err
	}
	var problems []Problem
	if p, wrong := w.setIndexKeys(item, map[string]string{
		layout.IDIndexPK: wanted.Text(layout.IDIndexPK), layout.TimeIndexPK: wanted.Text(layout.TimeIndexPK), layout.TimeIndexSK: wanted.Text(layout.TimeIndexSK),
	}); wrong {
		p.Kind, p.Says = "survey-index-keys", "the survey of room "+rid+" "+p.Says
		problems = append(problems, p)
	}
	switch {
	case !s.Final() && s.DueAt == 0:
		problems = append(problems, w.changeSurvey(s, "survey-never-due", "waits for something, and is never due", "have it looked at now",
			func(s livechat.Survey) livechat.Survey { s.DueAt = w.Now(); return s }))
	case s.DueAt != 0 && s.DueAt < w.Now().Add(-overdue):
		problems = append(problems, Problem{
			Kind: "survey-stuck", Says: fmt.Sprintf("the survey of room %s is due since %s", rid, s.DueAt),
			Why: "the schedule of survey-send does that, when it runs: see its log",
		})
	}
	if s.Visitor == nil {
		return problems, nil
	}
	room, err := w.Store.RoomByID(ctx, rid)
	if errors.Is(err, livechat.ErrInvalidRoom) {
		return append(problems, Problem{
			Kind: "survey-without-room", Says: "the survey of room " + rid + " is of a room that is not there",
			Mend: "forget whom it asks, as a deletion does; its facts and score stay", Loses: true,
			repair: func(ctx context.Context) error { return w.Store.ForgetSurvey(ctx, rid) },
		}), nil
	}
	if err != nil {
		return nil, err
	}
	of := livechat.SurveyVisitor{ID: room.Visitor.ID, Token: room.Visitor.Token}
	if *s.Visitor != of {
		problems = append(problems, w.changeSurvey(s, "survey-of-another", "asks another visitor than the room is of", "have it ask the room's",
			func(s livechat.Survey) livechat.Survey { s.Visitor = &of; return s }))
	}
	p, err := w.surveysComment(ctx, s, room)
	if p != nil {
		problems = append(problems, *p)
	}
	return problems, err
}

func (w *walk) changeSurvey(s livechat.Survey, kind, says, mend string, change func(livechat.Survey) livechat.Survey) Problem {
	return Problem{
		Kind: kind, Says: "the survey of room " + s.RoomID + " " + says, Mend: mend,
		repair: func(ctx context.Context) error { return w.Store.SaveSurvey(ctx, change(s)) },
	}
}

// surveysComment is what reports show of the texts that the survey has.
func (w *walk) surveysComment(ctx context.Context, s livechat.Survey, room livechat.Room) (*Problem, error) {
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
		Kind: "comment-missing", Says: "what was written about room " + s.RoomID + " is not among the comments",
		Mend: "put it there",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Transact(ctx, writes[0],
				table.Write{Check: &at, If: layout.IfUnchanged, Values: table.Values{":version": s.Version}})
		},
	}, nil
}

// linkItem looks at a link to a survey: the survey must know it.
func (w *walk) linkItem(ctx context.Context, item table.Item) ([]Problem, error) {
	var link livechat.Link
	if err := item.Decode(&link); err != nil || item.Key() != layout.LinkKey(link.Hash) {
		return unreadable("the link"), nil //nolint:nilerr // that is the problem
	}
	s, err := w.Store.Survey(ctx, link.RoomID)
	if err != nil {
		return nil, err
	}
	if s != nil && slices.Contains(s.Links, link.Hash) {
		return w.expiredLongAgo(item), nil
	}
	at, key := layout.SurveyKey(link.RoomID), item.Key()
	unchanged := table.Write{Check: &at, If: layout.IfAbsent}
	if s != nil {
		unchanged = table.Write{Check: &at, If: layout.IfUnchanged, Values: table.Values{":version": s.Version}}
	}
	return one(Problem{
		Kind: "dangling-link", Says: "a link to the survey of room " + link.RoomID + ", which knows of none such",
		Mend: "delete it",
		repair: func(ctx context.Context) error {
			return w.Store.Table().Transact(ctx, unchanged, table.Write{Delete: &key})
		},
	}), nil
}

// comment looks at what a visitor wrote, for the report: the survey must tell of it.
func (w *walk) comment(ctx context.Context, item table.Item) ([]Problem, error) {
	key := item.Key()
	rid := key.SK[strings.LastIndex(key.SK, "#")+1:]
	s, err := w.Store.Survey(ctx, rid)
	if err != nil {
		return nil, err
	}
	if s != nil && len(s.Texts) > 0 && layout.CommentKey(s.ClosedOn, s.ClosedAt, rid) == key {
		return nil, nil
	}
	return one(Problem{
		Kind: "orphaned-comment", Says: "what was written about room " + rid + ", of which its survey does not tell",
		Mend: "delete it", Loses: true,
		repair: func(ctx context.Context) error { return w.Store.Table().Delete(ctx, key, "", nil, nil) },
	}), nil
}
