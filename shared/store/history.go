package store

import (
	"context"
	"fmt"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorsHistory returns a page of the messages of the visitor's room, the
// service's own among them. It fails with [livechat.ErrInvalidToken] or
// [livechat.ErrInvalidRoom].
func (s *Store) VisitorsHistory(ctx context.Context, token, rid string, page livechat.HistoryPage) ([]livechat.Message, error) {
	seen, err := s.visitorsRoom(ctx, token, rid)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	messages, _, err := s.history(ctx, seen, page, false)
	return messages, err
}

// History returns a page of the messages of the room with the id, if allow lets it,
// and how many messages there are that are Containing what the page wants. It fails
// with [livechat.ErrInvalidRoom], or as allow does.
func (s *Store) History(
	ctx context.Context, rid string, page livechat.HistoryPage, allow func(livechat.Room) error,
) ([]livechat.Message, int, error) {
	seen, err := s.roomByID(ctx, rid)
	if err != nil {
		return nil, 0, fmt.Errorf("history: %w", err)
	}
	if err := allow(seen.Room); err != nil {
		return nil, 0, err
	}
	return s.history(ctx, seen, page, true)
}

// searchedAtOnce is how many messages are read at a time to find a text in them,
// mostSearched how many in all.
const (
	searchedAtOnce = 250
	mostSearched   = 10_000
)

// history reads the page. To count what contains a text it has to read on to the
// room's first message, or to the last that is searched; how many messages there
// are in all is the room's own figure.
func (s *Store) history(
	ctx context.Context, seen seenRoom, page livechat.HistoryPage, count bool,
) (messages []livechat.Message, total int, err error) {
	messages = []livechat.Message{}
	containing, matched, looked := strings.ToLower(page.Containing), 0, 0
	toTheEnd, pageSize := count && containing != "", page.Offset+page.Limit
	if containing != "" {
		pageSize = searchedAtOnce
	}
	err = s.eachMessage(ctx, seen, page.Before, pageSize, func(m livechat.Message) bool {
		looked++
		if !strings.Contains(strings.ToLower(m.Text), containing) {
			return looked < mostSearched
		}
		matched++
		if matched > page.Offset && len(messages) < page.Limit {
			messages = append(messages, m.WithParsed())
		}
		return (toTheEnd || len(messages) < page.Limit) && (containing == "" || looked < mostSearched)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("history: %w", err)
	}
	if !toTheEnd {
		return messages, seen.Messages, nil
	}
	return messages, matched, nil
}

// eachMessage calls f for each message of the room that is before the time, the
// latest first, until f returns false. Those that were in the room's item when
// it was read can have got items of their own since; they come once.
func (s *Store) eachMessage(
	ctx context.Context, seen seenRoom, before livechat.Time, pageSize int, f func(livechat.Message) bool,
) error {
	inItem := map[string]bool{}
	for i := len(seen.Unsaved) - 1; i >= 0; i-- {
		m := seen.Unsaved[i]
		inItem[m.ID] = true
		if (before == 0 || m.Ts < before) && !f(m) {
			return nil
		}
	}
	if seen.Latest != 0 && len(inItem) == seen.Messages {
		return nil // it has no others
	}
	all := table.Partition{PK: layout.MessagesPartition(seen.ID), From: "0", To: layout.PrefixPlace}
	if before != 0 {
		all.To = before.String()
	}
	var broken error
	err := s.table.EachLatest(ctx, all, pageSize, func(item table.Item) bool {
		m, err := layout.DecodeMessage(item, seen.Room)
		if err != nil {
			broken = err
			return false
		}
		// What was said since the room was read is behind what it tells of.
		if inItem[m.ID] || m.Ts > seen.Latest && seen.Latest != 0 {
			return true
		}
		return f(m)
	})
	if broken != nil {
		return broken
	}
	return err
}
