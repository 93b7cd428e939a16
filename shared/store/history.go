package store

import (
	"context"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorsHistory returns a page of the messages of the visitor's room, including system
// messages. It fails with [livechat.ErrInvalidToken] or [livechat.ErrInvalidRoom].
func (s *Store) VisitorsHistory(ctx context.Context, token, rid string, page livechat.HistoryPage) (livechat.History, error) {
	room, err := s.VisitorsRoom(ctx, token, rid)
	if err != nil {
		return livechat.History{}, err
	}
	return s.history(ctx, room, page, visitorBudget)
}

// History returns the room with the id and a page of its messages, if allow permits it.
// It fails with [livechat.ErrInvalidRoom] or allow's error.
func (s *Store) History(
	ctx context.Context, rid string, page livechat.HistoryPage, allow func(livechat.Room) error,
) (livechat.Room, livechat.History, error) {
	room, err := s.RoomByID(ctx, rid)
	if err != nil {
		return room, livechat.History{}, err
	}
	if err := allow(room); err != nil {
		return room, livechat.History{}, err
	}
	history, err := s.history(ctx, room, page, agentBudget)
	return room, history, err
}

// The read units, of 4 KB each, that a page of messages may cost.
const (
	visitorBudget = 32  // 128 KB
	agentBudget   = 128 // 512 KB
)

// searchedAtOnce limits how many messages a search reads per query.
const searchedAtOnce = 250

func (s *Store) history(ctx context.Context, room livechat.Room, page livechat.HistoryPage, budget float64) (livechat.History, error) {
	history := livechat.History{Messages: []livechat.Message{}}
	containing, matched := strings.ToLower(page.Containing), 0
	atOnce := page.Offset + page.Limit
	if containing != "" {
		atOnce = searchedAtOnce
	}
	end, err := s.readMessages(ctx, room, page.Before, budget, atOnce, func(m livechat.Message) bool {
		if !strings.Contains(strings.ToLower(m.Text), containing) {
			return true
		}
		if matched++; matched > page.Offset {
			history.Messages = append(history.Messages, m)
		}
		return len(history.Messages) < page.Limit
	})
	if err != nil {
		return livechat.History{}, fmt.Errorf("history: %w", err)
	}
	for i, m := range history.Messages {
		history.Messages[i] = m.WithParsedText()
	}
	history.End = end
	return history, nil
}

// readMessages calls f for the room's messages before the given time, newest first, until
// f returns false or the budget of read units is used up. Each query reads at most atOnce
// messages. readMessages returns the time before which the room may have more messages,
// or zero if it reached the room's first message.
func (s *Store) readMessages(
	ctx context.Context, room livechat.Room, before livechat.Time, budget float64, atOnce int, f func(livechat.Message) bool,
) (livechat.Time, error) {
	all := table.Partition{PK: layout.MessagesPartition(room.ID), From: "0", To: layout.PrefixMessageID}
	if before != 0 {
		all.To = before.String()
	}
	for from := table.Item(nil); ; {
		limit := min(atOnce, affordable(room, budget))
		if limit == 0 {
			return before, nil
		}
		page, err := s.table.QueryLatest(ctx, all, limit, from)
		if err != nil {
			return 0, err
		}
		budget -= page.Units
		for i, item := range page.Items {
			m, err := layout.DecodeMessage(item, room)
			if err != nil {
				return 0, err
			}
			before = m.Ts
			if !f(m) {
				if i == len(page.Items)-1 && page.Next == nil {
					before = 0
				}
				return before, nil
			}
		}
		if page.Next == nil {
			return 0, nil
		}
		from = page.Next
	}
}

// maxPossible is the largest size of a message in bytes. A text has up to 5,000
// characters of four bytes, and the names need the rest.
const maxPossible = 24 << 10

// affordable returns the number of messages that can be read with the read units. It
// assumes that every message is as long as the room's longest.
func affordable(room livechat.Room, units float64) int {
	longest := room.MaxMessageBytes
	if longest == 0 {
		longest = maxPossible
	}
	return int(units) * 4096 / longest
}
