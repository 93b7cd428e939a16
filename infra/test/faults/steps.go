package faults

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"livechat/shared/livechat"
)

func (v *session) register(ctx context.Context, who *visitor) error {
	body := map[string]any{"visitor": map[string]string{"token": who.token, "email": who.token + "@example.net", "name": "V"}}
	a, _ := v.callUntilKnown(ctx, http.MethodPost, api+"visitor", body)
	if err := v.requireAcknowledged(a, "a registration"); err != nil {
		return err
	}
	var said struct{ Visitor livechat.Visitor }
	if err := a.into(&said); err != nil || said.Visitor.ID == "" {
		v.violated(wrong, "a registration returned no visitor")
		return errOutcomeUnknown
	}
	who.id = said.Visitor.ID
	return nil
}

// opened is the answer to a call that opens a room.
type opened struct {
	Room    livechat.Room
	NewRoom bool
}

func (v *session) open(ctx context.Context, who *visitor) error {
	path := api + "room?token=" + who.token
	if v.random.IntN(3) == 0 {
		if done := v.openAtOnce(ctx, who, path); done {
			return nil
		}
	}
	a, tries := v.callUntilKnown(ctx, http.MethodGet, path, nil)
	who.openUnknown = who.openUnknown || tries > 1
	if err := v.requireAcknowledged(a, "an opening"); err != nil {
		return err
	}
	var o opened
	if err := a.into(&o); err != nil {
		v.violated(wrong, "an opening returned no room")
		return errOutcomeUnknown
	}
	v.recordOpening(who, o)
	return nil
}

// openAtOnce opens a room with four parallel calls, which must all return the same room.
// It returns false if none of the calls returned a room.
func (v *session) openAtOnce(ctx context.Context, who *visitor, path string) bool {
	var answers [4]answer
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = v.call(ctx, http.MethodGet, path, nil) })
	}
	all.Wait()
	var first *opened
	newRooms := 0
	for _, a := range answers {
		if a.outcome == unknown {
			who.openUnknown = true
			continue
		}
		if a.outcome == refused {
			if a.status != http.StatusTooManyRequests {
				v.violated(wrong, "opening a room was refused, but no rule forbids it: %s", a.reason())
			}
			continue
		}
		var o opened
		if err := a.into(&o); err != nil {
			v.violated(wrong, "an opening returned no room")
			continue
		}
		if o.NewRoom {
			newRooms++
		}
		if first == nil {
			first = &o
		}
		if o.Room.ID != first.Room.ID {
			v.violated(duplicated, "parallel openings of one visitor returned %s and %s", first.Room.ID, o.Room.ID)
		}
	}
	if newRooms > 1 {
		v.violated(duplicated, "%d parallel openings say that the room is new", newRooms)
	}
	if first == nil {
		return false
	}
	first.NewRoom = newRooms == 1
	v.recordOpening(who, *first)
	return true
}

// recordOpening compares the answer to an opening with what the session knows, and
// records the room.
func (v *session) recordOpening(who *visitor, o opened) {
	known := v.roomWith(o.Room.ID)
	unclear := who.openUnknown
	who.openUnknown = false
	switch {
	case who.room != nil && who.room.id != o.Room.ID:
		v.violated(lost, "the visitor's open room was %s, but the call returned %s", who.room.id, o.Room.ID)
	case who.room != nil && o.NewRoom:
		v.violated(duplicated, "the room %s is reported as new twice", o.Room.ID)
	case who.room == nil && known != nil:
		v.violated(wrong, "the room %s, which is closed or belongs to somebody else, was opened again", o.Room.ID)
	case who.room == nil && !o.NewRoom && !unclear:
		v.violated(wrong, "the room %s is not new, but nobody opened it", o.Room.ID)
	}
	if known != nil {
		v.compareCount(known, o.Room.MessageCount)
	}
	if known == nil {
		known = &room{id: o.Room.ID, owner: who, open: true}
		v.rooms = append(v.rooms, known)
	}
	who.room = known
}

// compareCount checks that a room's message count is at least the number of acknowledged
// messages, and at most the number of posted messages.
func (v *session) compareCount(r *room, messages int) {
	certain := 0
	for _, m := range r.said {
		if m.certain {
			certain++
		}
	}
	switch {
	case messages < certain:
		v.violated(lost, "the room %s has %d messages, but %d were acknowledged", r.id, messages, certain)
	case messages > len(r.said):
		v.violated(duplicated, "the room %s has %d messages, but only %d were posted", r.id, messages, len(r.said))
	}
}

func (v *session) say(ctx context.Context, r *room) error {
	text := v.text("message")
	body := map[string]string{"token": r.owner.token, "rid": r.id, "msg": text}
	m := &postedMessage{texts: []string{text}, by: r.owner}
	r.said = append(r.said, m)
	if v.random.IntN(3) == 0 {
		// Without an id, the call is not repeated, because the message could be stored
		// twice.
		return v.recordPosted(v.call(ctx, http.MethodPost, api+"message", body), m)
	}
	m.id = livechat.NewID()
	body["_id"] = m.id
	a, _ := v.callUntilKnown(ctx, http.MethodPost, api+"message", body)
	if err := v.recordPosted(a, m); err != nil || a.outcome != acknowledged {
		return errOutcomeUnknown
	}
	if v.random.IntN(4) > 0 {
		return nil
	}
	again, _ := v.callUntilKnown(ctx, http.MethodPost, api+"message", body)
	var first, second struct{ Message livechat.Message }
	if again.outcome == acknowledged && (a.into(&first) != nil || again.into(&second) != nil || first.Message.Ts != second.Message.Ts) {
		v.violated(duplicated, "the message %s was posted again with the same id, but the two answers differ", m.id)
	}
	return nil
}

// sayAtOnce posts three messages in parallel, and does not repeat calls with an unknown
// outcome.
func (v *session) sayAtOnce(ctx context.Context, r *room) error {
	var all sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		text := v.text("message")
		m := &postedMessage{texts: []string{text}, by: r.owner, id: livechat.NewID()}
		r.said = append(r.said, m)
		body := map[string]string{"token": r.owner.token, "rid": r.id, "msg": text, "_id": m.id}
		all.Go(func() { errs[i] = v.recordPosted(v.call(ctx, http.MethodPost, api+"message", body), m) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// recordPosted records the result of posting a message. If the outcome is unknown, the
// message may or may not be stored.
func (v *session) recordPosted(a answer, m *postedMessage) error {
	switch {
	case a.outcome == unknown, a.status == http.StatusTooManyRequests:
		return nil
	case a.outcome == refused:
		return v.requireAcknowledged(a, "a message")
	}
	var told struct{ Message livechat.Message }
	if err := a.into(&told); err != nil || told.Message.Text != m.texts[0] || m.id != "" && told.Message.ID != m.id {
		v.violated(wrong, "the answer to a posted message contains another message")
		return errOutcomeUnknown
	}
	m.id, m.certain = told.Message.ID, true
	return nil
}

func (v *session) agentSays(ctx context.Context, r *room) error {
	m := &postedMessage{texts: []string{v.text("reply")}}
	r.said = append(r.said, m)
	return v.recordPosted(v.call(ctx, http.MethodPost, postMessagePath, map[string]string{"roomId": r.id, "text": m.texts[0]}), m)
}

func (v *session) edit(ctx context.Context, r *room) error {
	var own []*postedMessage
	for _, m := range r.said {
		if m.certain && m.by == r.owner && len(m.texts) == 1 {
			own = append(own, m)
		}
	}
	if len(own) == 0 {
		return v.say(ctx, r)
	}
	m := own[v.random.IntN(len(own))]
	text := v.text("edited")
	a, _ := v.callUntilKnown(ctx, http.MethodPut, api+"message/"+m.id, map[string]string{"token": r.owner.token, "rid": r.id, "msg": text})
	if a.outcome == acknowledged {
		m.texts = []string{text}
		return nil
	}
	m.texts = append(m.texts, text)
	return v.requireAcknowledged(a, "an edit")
}

// answer answers the survey. In half of the cases, it repeats calls with an unknown
// outcome.
func (v *session) answer(ctx context.Context, r *room) error {
	g := &surveyAnswer{text: v.text("answer")}
	r.answers = append(r.answers, g)
	body := map[string]any{"token": r.owner.token, "rid": r.id, "data": []map[string]string{
		{"name": "satisfaction", "value": strconv.Itoa(1 + v.random.IntN(5))}, {"name": "additionalFeedback", "value": g.text},
	}}
	repeats := v.random.IntN(2) == 0
	for {
		g.tried++
		a := v.call(ctx, http.MethodPost, api+"room.survey", body)
		if a.outcome == unknown && repeats && g.tried < maxTries {
			continue
		}
		if a.outcome == unknown || a.status == http.StatusTooManyRequests {
			return nil
		}
		if err := v.requireAcknowledged(a, "an answer"); err != nil {
			return err
		}
		g.acknowledged++
		var told struct{ Data map[string]string }
		if err := a.into(&told); err != nil || told.Data["additionalFeedback"] != g.text {
			v.violated(wrong, "an answer was acknowledged, but the returned data lacks it")
		}
		return nil
	}
}

// move moves the room to another visitor. A visitor who has an open room cannot get a
// second open room.
func (v *session) move(ctx context.Context, r *room, to *visitor) error {
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
func (v *session) close(ctx context.Context, r *room) error {
	type call struct {
		path string
		body map[string]string
	}
	calls := []call{
		{api + "room.close", map[string]string{"rid": r.id, "token": r.owner.token}},
		{api + "room.closeByUser", map[string]string{"rid": r.id, "comment": "done"}},
	}
	switch v.random.IntN(4) {
	case 0: // both
	case 1:
		calls = calls[1:]
	default:
		calls = calls[:1]
	}
	unclear := false
	for range maxTries {
		answers := make([]answer, len(calls))
		var all sync.WaitGroup
		for i, c := range calls {
			all.Go(func() { answers[i] = v.call(ctx, http.MethodPost, c.path, c.body) })
		}
		all.Wait()
		closedNow, closedAlready := 0, 0
		for _, a := range answers {
			switch {
			case a.outcome == acknowledged:
				closedNow++
			case a.outcome == unknown:
				unclear = true
			case a.reason() == "room-closed" || a.reason() == "error-room-already-closed":
				closedAlready++
			case a.status == http.StatusForbidden || a.reason() == "error-not-authorized":
				calls = calls[:1] // another agent has the room
			case a.status != http.StatusTooManyRequests:
				v.violated(wrong, "closing a room was refused, but no rule forbids it: %s", a.reason())
			}
		}
		r.closings += closedNow
		if closedNow+closedAlready == 0 {
			continue
		}
		if closedNow == 0 && !unclear {
			v.violated(wrong, "the room %s is closed, but nobody closed it", r.id)
		}
		r.open, r.owner.room = false, nil
		return nil
	}
	r.unclear = true
	return errOutcomeUnknown
}

// readBack reads the visitor and the history, and compares both with what the session
// knows.
func (v *session) readBack(ctx context.Context, r *room) error {
	a, _ := v.callUntilKnown(ctx, http.MethodGet, api+"visitor/"+r.owner.token, nil)
	var told struct{ Visitor livechat.Visitor }
	if a.outcome == acknowledged && (a.into(&told) != nil || told.Visitor.ID != r.owner.id) {
		v.violated(wrong, "the visitor %s was returned as another visitor", r.owner.id)
	}
	if a.outcome == refused {
		v.violated(lost, "the visitor %s could not be read: %s", r.owner.id, a.reason())
	}
	query := url.Values{"token": {r.owner.token}, "limit": {"100"}}
	a, _ = v.callUntilKnown(ctx, http.MethodGet, api+"messages.history/"+r.id+"?"+query.Encode(), nil)
	if a.outcome == refused {
		v.violated(lost, "the history of the room %s could not be read: %s", r.id, a.reason())
	}
	if a.outcome != acknowledged {
		return nil
	}
	var history struct{ Messages []livechat.Message }
	if a.into(&history) != nil {
		v.violated(wrong, "a history is malformed")
	}
	v.compareMessages(r, history.Messages, len(history.Messages) < 100)
	return nil
}

// compareMessages compares the messages of a room with the messages that the session
// posted. If whole is set, messages holds all messages of the room.
func (v *session) compareMessages(r *room, messages []livechat.Message, whole bool) {
	times := map[*postedMessage]int{}
	for _, m := range messages {
		if m.Type != "" {
			continue
		}
		at := slices.IndexFunc(r.said, func(s *postedMessage) bool { return slices.Contains(s.texts, m.Text) })
		if at < 0 {
			v.violated(wrong, "the room %s has the message %s %q, which nobody posted or which was edited", r.id, m.ID, m.Text)
			continue
		}
		one := r.said[at]
		times[one]++
		if one.id != "" && one.id != m.ID {
			v.violated(wrong, "the message %q has the id %s, not %s", m.Text, m.ID, one.id)
		}
	}
	for _, m := range r.said {
		if times[m] > 1 {
			v.violated(duplicated, "the message %q is in the room %s %d times", m.texts, r.id, times[m])
		}
		if whole && m.certain && times[m] == 0 {
			v.violated(lost, "the message %q was acknowledged, but is not in the room %s", m.texts, r.id)
		}
	}
}
