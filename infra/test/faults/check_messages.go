package faults

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"livechat/shared/livechat"
	"livechat/shared/livechat/livechattest"
)

// computedFields limits a comparison of rooms to the fields that are computed from the
// messages.
var computedFields = cmp.Options{
	cmpopts.IgnoreFields(livechat.Room{}, "UpdatedAt", "Version", "Usage", "MaxMessageBytes", "WaitingResponse"),
	cmpopts.IgnoreFields(livechat.Metrics{}, "ChatDuration", "ServiceTimeDuration"),
	cmpopts.IgnoreFields(livechat.RoomVisitor{}, "Status"),
	cmpopts.EquateApprox(0, 0.0005), cmpopts.EquateEmpty(),
}

func (v *visit) checkMessages(ctx context.Context, r *room, stored livechat.Room) error {
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

	ids, texts, closings := map[string]bool{}, 0, 0
	for _, m := range messages {
		ids[m.ID] = true
		switch m.Type {
		case "":
			texts++
		case livechat.MessageClosed:
			closings++
		}
	}
	if len(ids) != len(messages) {
		v.violated(duplicated, "the room %s has %d messages with %d ids", r.id, len(messages), len(ids))
	}
	if stored.MessageCount != texts {
		v.violated(wrong, "the room %s counts %d messages, but has %d", r.id, stored.MessageCount, texts)
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
	return v.checkClientHistory(ctx, r, stored, messages)
}

// withMetrics adds empty metrics to a room without metrics, because a closed room always
// has metrics.
func withMetrics(r livechat.Room) livechat.Room {
	if r.Metrics == nil {
		r.Metrics = new(livechat.Metrics)
	}
	return r
}

// checkClientHistory compares the history that a client reads, page by page, with the
// stored messages.
func (v *visit) checkClientHistory(ctx context.Context, r *room, stored livechat.Room, messages []livechat.Message) error {
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
