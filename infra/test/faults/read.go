package faults

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"livechat/shared/livechat"
)

// readBack reads the visitor and the history, and compares both with the model.
func (v *visit) readBack(ctx context.Context, r *room) error {
	a, _ := v.callUntilKnown(ctx, http.MethodGet, api+"visitor/"+r.owner.token, nil)
	var response struct{ Visitor livechat.Visitor }
	if a.outcome == acknowledged && (a.into(&response) != nil || response.Visitor.ID != r.owner.id) {
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

// compareCount checks that a room's message count is at least the number of acknowledged
// messages, and at most the number of posted messages.
func (v *visit) compareCount(r *room, count int) {
	minCount := 0
	for _, m := range r.posted {
		if m.acknowledged {
			minCount++
		}
	}
	switch {
	case count < minCount:
		v.violated(lost, "the room %s has %d messages, but %d were acknowledged", r.id, count, minCount)
	case count > len(r.posted):
		v.violated(duplicated, "the room %s has %d messages, but only %d were posted", r.id, count, len(r.posted))
	}
}

// compareMessages compares a room's stored messages with the messages that the clients
// posted. If complete is set, stored holds all messages of the room.
func (v *visit) compareMessages(r *room, stored []livechat.Message, complete bool) {
	copies := map[*postedMessage]int{}
	for _, m := range stored {
		if m.Type != "" {
			continue
		}
		at := slices.IndexFunc(r.posted, func(p *postedMessage) bool { return slices.Contains(p.texts, m.Text) })
		if at < 0 {
			v.violated(wrong, "the room %s has the message %s %q, which nobody posted or which was edited", r.id, m.ID, m.Text)
			continue
		}
		posted := r.posted[at]
		copies[posted]++
		if posted.id != "" && posted.id != m.ID {
			v.violated(wrong, "the message %q has the id %s, not %s", m.Text, m.ID, posted.id)
		}
	}
	for _, posted := range r.posted {
		if copies[posted] > 1 {
			v.violated(duplicated, "the message %q is in the room %s %d times", posted.texts, r.id, copies[posted])
		}
		if complete && posted.acknowledged && copies[posted] == 0 {
			v.violated(lost, "the message %q was acknowledged, but is not in the room %s", posted.texts, r.id)
		}
	}
}
