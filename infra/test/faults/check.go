package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"livechat/infra/local/mail"
	"livechat/shared/livechat"
	"livechat/shared/livechat/livechattest"
	"livechat/shared/survey"
)

// storedState holds the contents of the table and the outbox after the faults have ended.
type storedState struct {
	roomKeys
	// mails counts the deliveries of each survey message by its identity.
	mails map[string]int
}

func (s *System) truth(ctx context.Context) (storedState, error) {
	found, err := s.scan(ctx)
	if err != nil {
		return storedState{}, fmt.Errorf("read the table: %w", err)
	}
	mails, err := s.Mails(ctx)
	if err != nil {
		return storedState{}, err
	}
	t := storedState{found, map[string]int{}}
	for _, m := range mails {
		t.mails[identity(m)]++
	}
	return t, nil
}

// identity returns the id that is the same for every delivery of a message.
func identity(m mail.Mail) string {
	for _, h := range m.Headers {
		if h.Name == "X-Entity-Ref-ID" {
			return h.Value
		}
	}
	return ""
}

// check compares everything that the visitors know with the stored state.
func (v *session) check(ctx context.Context, t storedState) error {
	for _, who := range v.visitors {
		if who != nil && who.id != "" {
			v.checkVisitor(ctx, who, t)
		}
	}
	for _, r := range v.rooms {
		if err := v.checkRoom(ctx, r, t); err != nil {
			return err
		}
	}
	return nil
}

func (v *session) checkVisitor(ctx context.Context, who *visitor, t storedState) {
	stored, _, err := v.system.store.VisitorByToken(ctx, who.token)
	if err != nil || stored.ID != who.id {
		v.violated(lost, "the visitor %s was registered, but is stored as %q (%v)", who.id, stored.ID, err)
	}
	open := t.openRooms(who.token)
	if len(open) > 1 {
		v.violated(duplicated, "the visitor %s has %d open rooms", who.id, len(open))
	}
	if r := who.room; r != nil && !r.unclear && r.possibleOwner == nil && !slices.Contains(open, r.id) {
		v.violated(lost, "the visitor %s has the open room %s, but the table has %v", who.id, r.id, open)
	}
	for _, rid := range open {
		if v.roomWith(rid) == nil && !who.openUnknown {
			v.violated(wrong, "the visitor %s has the room %s, which the visitor did not open", who.id, rid)
		}
	}
}

func (v *session) checkRoom(ctx context.Context, r *room, t storedState) error {
	if n := len(t.rooms[r.id]); n != 1 {
		k := duplicated
		if n == 0 {
			k = lost
		}
		v.violated(k, "the room %s is stored %d times: %v", r.id, n, t.rooms[r.id])
		return nil
	}
	stored, err := v.system.store.RoomByID(ctx, r.id)
	if err != nil {
		return fmt.Errorf("room %s: %w", r.id, err)
	}
	if token := stored.Visitor.Token; token != r.owner.token && (r.possibleOwner == nil || token != r.possibleOwner.token) {
		v.violated(lost, "the room %s does not belong to the visitor to whom it was moved", r.id)
	}
	switch {
	case r.closings > 1:
		v.violated(duplicated, "%d calls reported that they closed the room %s", r.closings, r.id)
	case r.closings == 1 && stored.Open:
		v.violated(lost, "the room %s was closed, but is open", r.id)
	case stored.Open != r.open && !r.unclear:
		v.violated(wrong, "the room %s has the wrong state: open is %v", r.id, stored.Open)
	}
	return errors.Join(
		v.checkMessages(ctx, r, stored), v.checkAnswers(ctx, r, stored),
		v.checkMoves(ctx, r), v.checkSurvey(ctx, r, stored, t))
}

// computedFields limits a comparison of rooms to the fields that are computed from the
// messages.
var computedFields = cmp.Options{
	cmpopts.IgnoreFields(livechat.Room{}, "UpdatedAt", "Version", "Usage", "MaxMessageBytes", "WaitingResponse"),
	cmpopts.IgnoreFields(livechat.Metrics{}, "ChatDuration", "ServiceTimeDuration"),
	cmpopts.IgnoreFields(livechat.RoomVisitor{}, "Status"),
	cmpopts.EquateApprox(0, 0.0005), cmpopts.EquateEmpty(),
}

func (v *session) checkMessages(ctx context.Context, r *room, stored livechat.Room) error {
	everything := livechat.HistoryPage{Limit: 10_000}
	_, history, err := v.system.store.History(ctx, r.id, everything, func(livechat.Room) error { return nil })
	if err != nil {
		return fmt.Errorf("history of %s: %w", r.id, err)
	}
	messages := history.Messages
	if history.End != 0 {
		return fmt.Errorf("the room %s has more messages than one read returns", r.id)
	}
	v.compareMessages(r, messages, true)
	slices.Reverse(messages)

	ids, said, closings := map[string]bool{}, 0, 0
	for _, m := range messages {
		ids[m.ID] = true
		switch m.Type {
		case "":
			said++
		case livechat.MessageClosed:
			closings++
		}
	}
	if len(ids) != len(messages) {
		v.violated(duplicated, "the room %s has %d messages with %d ids", r.id, len(messages), len(ids))
	}
	if stored.MessageCount != said {
		v.violated(wrong, "the room %s counts %d messages, but has %d", r.id, stored.MessageCount, said)
	}
	if want := map[bool]int{true: 0, false: 1}[stored.Open]; closings != want {
		v.violated(duplicated, "the room %s has %d closing messages", r.id, closings)
	}
	replayed := livechattest.Replay(stored, messages)
	if stored.Open && replayed.WaitingResponse != stored.WaitingResponse {
		v.violated(wrong, "the room %s has the wrong waitingResponse %v", r.id, stored.WaitingResponse)
	}
	if r.moves > 0 || r.possibleOwner != nil {
		// LastMessageTs is about the room's present visitor, who may not have written the
		// earlier messages.
		replayed.Visitor.LastMessageTs = stored.Visitor.LastMessageTs
	}
	if diff := cmp.Diff(withMetrics(replayed), withMetrics(stored), computedFields); diff != "" {
		v.violated(wrong, "the room %s does not match its messages (-replayed +stored):\n%s", r.id, diff)
	}
	return v.checkWire(ctx, r, stored, messages)
}

// withMetrics adds empty metrics to a room without metrics, because a closed room always
// has metrics.
func withMetrics(r livechat.Room) livechat.Room {
	if r.Metrics == nil {
		r.Metrics = new(livechat.Metrics)
	}
	return r
}

// checkWire reads the history like a client.
func (v *session) checkWire(ctx context.Context, r *room, stored livechat.Room, messages []livechat.Message) error {
	var got []string
	for offset := 0; ; offset += 50 {
		path := fmt.Sprintf("%smessages.history/%s?token=%s&limit=50&offset=%d", api, r.id, stored.Visitor.Token, offset)
		a := v.system.call(ctx, http.MethodGet, path, nil, false)
		var page struct{ Messages []livechat.Message }
		if a.outcome != acknowledged || a.into(&page) != nil {
			return fmt.Errorf("history of %s: %s", r.id, a)
		}
		for _, m := range page.Messages {
			got = append(got, m.ID)
		}
		if len(page.Messages) < 50 {
			break
		}
	}
	slices.Reverse(got)
	var want []string
	for _, m := range messages {
		want = append(want, m.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		v.violated(wrong, "the history of the room %s differs from what clients read (-stored +read):\n%s", r.id, diff)
	}
	return nil
}

func (v *session) checkAnswers(ctx context.Context, r *room, stored livechat.Room) error {
	entries, err := v.system.store.AnswerHistory(ctx, r.id)
	if err != nil {
		return fmt.Errorf("answers of %s: %w", r.id, err)
	}
	const feedback = "additionalFeedback"
	times, last := map[string]int{}, ""
	for _, e := range entries {
		last = e.Items[feedback]
		times[last]++
	}
	for _, g := range r.answers {
		n := times[g.text]
		switch {
		case g.acknowledged > 0 && n == 0:
			v.violated(lost, "the answer %q was acknowledged, but is not stored", g.text)
		case n > g.tried:
			v.violated(duplicated, "the answer %q was given %d times, but is stored %d times", g.text, g.tried, n)
		}
		delete(times, g.text)
	}
	for text := range times {
		v.violated(wrong, "the answer %q of the room %s is stored, but nobody gave it", text, r.id)
	}
	if got := stored.SurveyFeedback[feedback]; got != last {
		v.violated(lost, "the room %s has the answer %q, but the last was %q", r.id, got, last)
	}
	return nil
}

func (v *session) checkMoves(ctx context.Context, r *room) error {
	entries, err := v.system.store.Audit(ctx, r.id)
	if err != nil {
		return fmt.Errorf("audit of %s: %w", r.id, err)
	}
	moves, maxMoves := 0, r.moves
	for _, e := range entries {
		if e.Action == livechat.AuditRoomMoved {
			moves++
		}
	}
	if r.possibleOwner != nil {
		maxMoves++
	}
	if moves < r.moves {
		v.violated(lost, "the room %s was moved %d times, but the audit has %d moves", r.id, r.moves, moves)
	}
	if moves > maxMoves {
		v.violated(duplicated, "the room %s was moved %d times, but the audit has %d moves", r.id, r.moves, moves)
	}
	return nil
}

// maxDeliveries limits the deliveries of one message, which are repeated if a sender
// dies.
const maxDeliveries = 6

func (v *session) checkSurvey(ctx context.Context, r *room, stored livechat.Room, t storedState) error {
	s, err := v.system.store.Survey(ctx, r.id)
	if err != nil {
		return fmt.Errorf("survey of %s: %w", r.id, err)
	}
	if (s == nil) != stored.Open {
		v.violated(wrong, "the room %s: open is %v, and has a survey is %v, but only closed rooms have one", r.id, stored.Open, s != nil)
	}
	if s == nil {
		return nil
	}
	delivered := t.mails[survey.MessageID(r.id, livechat.Invitation)]
	v.tally.delivered(delivered)
	switch {
	case s.SentAt != 0 && delivered == 0:
		v.violated(lost, "the survey of %s is marked as sent, but did not arrive", r.id)
	case delivered > maxDeliveries, delivered > 1 && v.noFaults:
		v.violated(duplicated, "the survey of %s arrived %d times", r.id, delivered)
	case s.State == livechat.SurveyScheduled && len(t.openRooms(stored.Visitor.Token)) == 0:
		v.violated(lost, "the survey of %s was never sent: %+v", r.id, *s)
	case s.State == livechat.SurveySkipped:
		v.violated(wrong, "the survey of %s was skipped: %s", r.id, s.Reason)
	case s.State == livechat.SurveyFailed && !v.processesDie:
		v.violated(lost, "the survey of %s could not be sent: %s", r.id, s.LastError)
	}
	return nil
}
