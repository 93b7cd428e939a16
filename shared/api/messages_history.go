package api

import (
	"context"
	"net/http"

	"livechat/shared/livechat"
)

// VisitorsHistories is what showing a visitor their messages needs of the store.
type VisitorsHistories interface {
	// VisitorsHistory returns a page of the messages of the visitor's room. It
	// fails with livechat.ErrInvalidToken or ErrInvalidRoom.
	VisitorsHistory(ctx context.Context, token, rid string, page livechat.HistoryPage) ([]livechat.Message, error)
}

const (
	usualHistory = 20
	mostHistory  = 100
)

var errTokenNotProvided = livechat.Refuse("error-token-param-not-provided")

type historyAnswer struct {
	Messages []livechat.Message `json:"messages"`
}

// MessagesHistory answers GET livechat/messages.history/{rid}: the messages of the
// visitor's room, the latest first.
func MessagesHistory(histories VisitorsHistories) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
		token, page, err := readHistoryQuery(r)
		if err != nil {
			return nil, err
		}
		if !livechat.CanBeToken(token) {
			return nil, livechat.ErrInvalidToken
		}
		messages, err := histories.VisitorsHistory(r.Context(), token, r.PathValue("rid"), page)
		if err != nil {
			return nil, err
		}
		return historyAnswer{fitting(messages)}, nil
	})
}

// readHistoryQuery takes ls, which clients send and whose meaning, what was last
// seen, changes nothing in the answer.
func readHistoryQuery(r *http.Request) (token string, page livechat.HistoryPage, err error) {
	query, err := readQuery(r, parameter{name: "token"}, parameter{name: "ls"}, parameter{name: "end"},
		parameter{name: "limit"}, parameter{name: "offset"}, parameter{name: "searchText"})
	if err != nil {
		return "", page, err
	}
	if !query.Has("token") {
		return "", page, errTokenNotProvided
	}
	if _, err := query.time("ls"); err != nil {
		return "", page, err
	}
	if page.Before, err = query.time("end"); err != nil {
		return "", page, err
	}
	if page.Limit, err = query.number("limit", usualHistory, mostHistory); err != nil {
		return "", page, err
	}
	page.Offset, err = query.offset()
	page.Containing = query.Get("searchText")
	return query.Get("token"), page, err
}
