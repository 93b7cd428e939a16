package api

import (
	"context"
	"net/http"

	"livechat/shared/livechat"
)

// Histories is what showing agents a room's messages needs of the store.
type Histories interface {
	SignIns
	// History returns a page of the room's messages if allow lets it, and how many
	// there are. It fails with livechat.ErrInvalidRoom, or as allow does.
	History(ctx context.Context, rid string, page livechat.HistoryPage, allow func(livechat.Room) error) ([]livechat.Message, int, error)
}

const (
	usualPage = 50
	mostPage  = 100
)

type roomMessagesAnswer struct {
	Messages []livechat.Message `json:"messages"`
	Count    int                `json:"count"`
	Offset   int                `json:"offset"`
	Total    int                `json:"total"`
}

// RoomMessages answers GET livechat/{rid}/messages: a room's messages as agents
// see them, the latest first.
func RoomMessages(histories Histories) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
		ctx, caller := callerOf(histories, r)
		defer caller.letGo()

		page, invalid := readPage(r)
		if invalid != nil {
			return nil, caller.refused(invalid)
		}
		messages, total, err := histories.History(ctx, r.PathValue("rid"), page, func(room livechat.Room) error {
			user, err := caller.may(livechat.ViewRoom)
			if err != nil {
				return err
			}
			if room.Open && room.ServedBy == nil {
				return nil // who may take it may see what it is about
			}
			return mayHandle(user, room)
		})
		err = caller.first(livechat.ViewRoom, err)
		if err != nil {
			return nil, err
		}
		messages = fitting(messages)
		for i := range messages {
			messages[i] = messages[i].Private()
		}
		return roomMessagesAnswer{messages, len(messages), page.Offset, total}, nil
	})
}

func readPage(r *http.Request) (page livechat.HistoryPage, err error) {
	query, err := readQuery(r, parameter{name: "searchTerm"}, parameter{name: "offset"}, parameter{name: "count"})
	if err != nil {
		return page, err
	}
	if page.Offset, err = query.offset(); err != nil {
		return page, err
	}
	page.Limit, err = query.number("count", usualPage, mostPage)
	page.Containing = query.Get("searchTerm")
	return page, err
}
