package faults

import (
	"context"
	"net/http"
	"strconv"
)

// answerSurvey answers the survey. In half of the cases, it repeats calls with an unknown
// outcome.
func (v *visit) answerSurvey(ctx context.Context, r *room) error {
	given := &surveyAnswer{text: v.text("answer")}
	r.answers = append(r.answers, given)
	body := map[string]any{"token": r.owner.token, "rid": r.id, "data": []map[string]string{
		{"name": "satisfaction", "value": strconv.Itoa(1 + v.random.IntN(5))}, {"name": "additionalFeedback", "value": given.text},
	}}
	repeats := v.random.IntN(2) == 0
	for {
		given.tried++
		a := v.call(ctx, http.MethodPost, api+"room.survey", body)
		if a.outcome == unknown && repeats && given.tried < maxTries {
			continue
		}
		if a.outcome == unknown || a.status == http.StatusTooManyRequests {
			return nil
		}
		if err := v.requireAcknowledged(a, "an answer"); err != nil {
			return err
		}
		given.acknowledged++
		var response struct{ Data map[string]string }
		if err := a.into(&response); err != nil || response.Data["additionalFeedback"] != given.text {
			v.violated(wrong, "an answer was acknowledged, but the returned data lacks it")
		}
		return nil
	}
}

// move moves the room to another visitor. A visitor who has an open room cannot get a
// second open room.
func (v *visit) move(ctx context.Context, r *room, to *visitor) error {
	if to.openUnknown {
		return nil
	}
	a, _ := v.callUntilKnown(ctx, http.MethodPut, api+"room.visitor", map[string]string{"rid": r.id, "visitorId": to.id})
	if r.open && to.room != nil && a.outcome != unknown {
		if a.outcome != refused || a.reason() != "visitor-has-open-room" {
			v.violated(duplicated, "the visitor %s has two open rooms", to.id)
		}
		return nil
	}
	if a.outcome != acknowledged {
		r.possibleOwner = to
		return v.requireAcknowledged(a, "a move")
	}
	from := r.owner
	r.owner = to
	r.moves++
	if r.open {
		from.room, to.room = nil, r
	}
	a, _ = v.callUntilKnown(ctx, http.MethodGet, api+"room?token="+from.token+"&rid="+r.id, nil)
	if a.outcome == acknowledged || a.outcome == refused && a.reason() != "invalid-room" {
		v.violated(wrong, "the previous visitor's token still opens the room: %s", a)
	}
	return nil
}

// close closes the room as the visitor, as the agent, or as both at the same time.
func (v *visit) close(ctx context.Context, r *room) error {
	type call struct {
		path string
		body map[string]string
	}
	byVisitor := call{api + "room.close", map[string]string{"rid": r.id, "token": r.owner.token}}
	byAgent := call{api + "room.closeByUser", map[string]string{"rid": r.id, "comment": "done"}}
	calls := [][]call{{byVisitor, byAgent}, {byAgent}, {byVisitor}, {byVisitor}}[v.random.IntN(4)]
	anyUnknown := false
	for range maxTries {
		closedNow, closedAlready := 0, 0
		for _, a := range concurrently(len(calls), func(i int) answer { return v.call(ctx, http.MethodPost, calls[i].path, calls[i].body) }) {
			switch {
			case a.outcome == acknowledged:
				closedNow++
			case a.outcome == unknown:
				anyUnknown = true
			case a.reason() == "room-closed" || a.reason() == "error-room-already-closed":
				closedAlready++
			case a.status == http.StatusForbidden || a.reason() == "error-not-authorized":
				calls = []call{byVisitor} // another agent has the room
			default:
				_ = v.requireAcknowledged(a, "a closing") // the next round repeats the call
			}
		}
		r.closings += closedNow
		if closedNow+closedAlready == 0 {
			continue
		}
		if closedNow == 0 && !anyUnknown {
			v.violated(wrong, "the room %s is closed, but nobody closed it", r.id)
		}
		r.open, r.owner.room = false, nil
		return nil
	}
	r.openUnknown = true
	return errOutcomeUnknown
}
