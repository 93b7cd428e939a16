package faults

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/livechat"
)

// postMessage posts a message as the room's visitor. If the message has an id, it repeats
// the call until the outcome is known.
func (v *visit) postMessage(ctx context.Context, r *room) error {
	if v.random.IntN(3) == 0 {
		// Without an id, the call is not repeated, because the message could be stored
		// twice.
		m, body := v.newMessage(r, "")
		return v.recordPosted(v.call(ctx, http.MethodPost, api+"message", body), m)
	}
	m, body := v.newMessage(r, livechat.NewID())
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

// newMessage adds a message of the room's visitor to the model, and returns it with the
// body of the call that posts it. If id is empty, the API chooses the id.
func (v *visit) newMessage(r *room, id string) (*postedMessage, map[string]string) {
	m := &postedMessage{texts: []string{v.text("message")}, by: r.owner, id: id}
	r.posted = append(r.posted, m)
	body := map[string]string{"token": r.owner.token, "rid": r.id, "msg": m.texts[0]}
	if id != "" {
		body["_id"] = id
	}
	return m, body
}

// recordPosted records the result of posting a message. If the outcome is unknown, the
// message may or may not be stored.
func (v *visit) recordPosted(a answer, m *postedMessage) error {
	switch {
	case a.outcome == unknown, a.status == http.StatusTooManyRequests:
		return nil
	case a.outcome == refused:
		return v.requireAcknowledged(a, "a message")
	}
	var response struct{ Message livechat.Message }
	if err := a.into(&response); err != nil || response.Message.Text != m.texts[0] || m.id != "" && response.Message.ID != m.id {
		v.violated(wrong, "the answer to a posted message contains another message")
		return errOutcomeUnknown
	}
	m.id, m.acknowledged = response.Message.ID, true
	return nil
}

// postConcurrently posts three messages in parallel, and does not repeat calls with an
// unknown outcome.
func (v *visit) postConcurrently(ctx context.Context, r *room) error {
	var messages [3]*postedMessage
	var bodies [3]map[string]string
	for i := range messages {
		messages[i], bodies[i] = v.newMessage(r, livechat.NewID())
	}
	var errs []error
	for i, a := range concurrently(3, func(i int) answer { return v.call(ctx, http.MethodPost, api+"message", bodies[i]) }) {
		errs = append(errs, v.recordPosted(a, messages[i]))
	}
	return errors.Join(errs...)
}

func (v *visit) postAsAgent(ctx context.Context, r *room) error {
	m := &postedMessage{texts: []string{v.text("reply")}}
	r.posted = append(r.posted, m)
	return v.recordPosted(v.call(ctx, http.MethodPost, postMessagePath, map[string]string{"roomId": r.id, "text": m.texts[0]}), m)
}

func (v *visit) edit(ctx context.Context, r *room) error {
	var own []*postedMessage
	for _, m := range r.posted {
		if m.acknowledged && m.by == r.owner && len(m.texts) == 1 {
			own = append(own, m)
		}
	}
	if len(own) == 0 {
		return v.postMessage(ctx, r)
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
