package faults

import (
	"context"
	"fmt"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

func (v *visit) checkAnswers(ctx context.Context, r *room, stored livechat.Room) error {
	entries, err := v.system.store.AnswerHistory(ctx, r.id)
	if err != nil {
		return fmt.Errorf("answers of %s: %w", r.id, err)
	}
	const feedback = "additionalFeedback"
	copies, last := map[string]int{}, ""
	for _, e := range entries {
		last = e.Items[feedback]
		copies[last]++
	}
	for _, given := range r.answers {
		n := copies[given.text]
		switch {
		case given.acknowledged > 0 && n == 0:
			v.violated(lost, "the answer %q was acknowledged, but is not stored", given.text)
		case n > given.tried:
			v.violated(duplicated, "the answer %q was given %d times, but is stored %d times", given.text, given.tried, n)
		}
		delete(copies, given.text)
	}
	for text := range copies {
		v.violated(wrong, "the answer %q of the room %s is stored, but nobody gave it", text, r.id)
	}
	if got := stored.SurveyFeedback[feedback]; got != last {
		v.violated(lost, "the room %s has the answer %q, but the last was %q", r.id, got, last)
	}
	return nil
}

// maxDeliveries limits the deliveries of one message, which are repeated if a sender
// dies.
const maxDeliveries = 6

func (v *visit) checkSurvey(ctx context.Context, r *room, stored livechat.Room, state storedState) error {
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
	delivered := state.mails[survey.MessageID(r.id, livechat.Invitation)]
	v.tally.delivered(delivered)
	switch {
	case s.SentAt != 0 && delivered == 0:
		v.violated(lost, "the survey of %s is marked as sent, but did not arrive", r.id)
	case delivered > maxDeliveries, delivered > 1 && v.noFaults:
		v.violated(duplicated, "the survey of %s arrived %d times", r.id, delivered)
	case s.State == livechat.SurveyScheduled && len(state.openRooms(stored.Visitor.Token)) == 0:
		v.violated(lost, "the survey of %s was never sent: %+v", r.id, *s)
	case s.State == livechat.SurveySkipped:
		v.violated(wrong, "the survey of %s was skipped: %s", r.id, s.Reason)
	case s.State == livechat.SurveyFailed && !v.processesDie:
		v.violated(lost, "the survey of %s could not be sent: %s", r.id, s.LastError)
	}
	return nil
}
