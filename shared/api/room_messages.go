package api

import (
	"context"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// HistoryReader lists the store methods that RoomMessages uses.
type HistoryReader interface {
	Authenticator
	Settings(ctx context.Context) (settings.Settings, error)
	// History returns the room and a page of its messages if allow returns nil. It fails
	// with livechat.ErrInvalidRoom, or with allow's error.
	History(ctx context.Context, rid string, page livechat.HistoryPage, allow func(livechat.Room) error) (livechat.Room,
		livechat.History, error)
}

const (
	defaultPage = 50
	maxPage     = 100
	// maxOffset limits how many rooms or messages a page can skip, because skipping them
	// means reading them, too.
	maxOffset = 1000
	// insteadOfOffset tells clients how to reach messages beyond the maximum offset.
	insteadOfOffset = "end, with the ts of the oldest message"
)

type roomMessagesAnswer struct {
	Messages []livechat.Message `json:"messages"`
	Count    int                `json:"count"`
	Offset   int                `json:"offset"`
	Total    int                `json:"total"`
	// End is the end parameter of the next page, if there may be another page.
	End livechat.Time `json:"end,omitempty"`
}

// RoomMessages answers GET livechat/{rid}/messages with a room's messages as agents see
// them, newest first.
func RoomMessages(histories HistoryReader) http.Handler {
	limit := newReadLimit()
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(histories, r, livechat.ViewRoom)
		defer caller.release()

		page, invalid := readPage(r)
		if invalid != nil {
			return nil, caller.preferSignInError(invalid)
		}
		settingsTask := startTask(ctx, histories.Settings)
		defer settingsTask.stop()
		room, history, err := histories.History(ctx, r.PathValue("rid"), page, func(room livechat.Room) error {
			user, settings, err := authorizedWith(caller, settingsTask)
			if err != nil {
				return err
			}
			if err := limit.allow(user.ID, settings, httpapi.RequestTime(ctx)); err != nil {
				return err
			}
			if room.Open && room.ServedBy == nil {
				return nil // an agent sees what a room is about before taking it
			}
			return user.MayHandle(room)
		})
		if err := caller.preferAuthError(err); err != nil {
			return nil, err
		}
		for i, m := range history.Messages {
			history.Messages[i] = m.WithoutToken()
		}
		messages := fittingPrefix(history.Messages)
		if len(messages) < len(history.Messages) {
			history = livechat.History{Messages: messages, End: messages[len(messages)-1].Ts}
		}
		count := len(history.Messages)
		return roomMessagesAnswer{history.Messages, count, page.Offset, totalMessages(room, page, history), history.End}, nil
	})
}

// totalMessages returns a lower bound of the number of matching messages. It is exact
// only once the page reaches the room's first message, because counting the matches of
// a search would mean reading all messages.
func totalMessages(room livechat.Room, page livechat.HistoryPage, history livechat.History) int {
	total := page.Offset + len(history.Messages)
	if history.End == 0 {
		return total
	}
	if page.Containing == "" && page.Before == 0 {
		return max(total+1, room.MessageCount)
	}
	return total + 1
}

func readPage(r *http.Request) (page livechat.HistoryPage, err error) {
	query, err := readQuery(r, parameter{name: "searchTerm"}, parameter{name: "offset"}, parameter{name: "count"}, parameter{name: "end"})
	if err != nil {
		return page, err
	}
	if page.Offset, err = query.offset(maxOffset, insteadOfOffset); err != nil {
		return page, err
	}
	if page.Before, err = query.time("end"); err != nil {
		return page, err
	}
	page.Limit, err = query.number("count", defaultPage, maxPage)
	page.Containing = query.Get("searchTerm")
	return page, err
}
