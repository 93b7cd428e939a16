package api

import (
	"context"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// VisitorHistoryReader lists the store methods that MessagesHistory uses.
type VisitorHistoryReader interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// VisitorsHistory returns a page of the messages of the visitor's room. It
	// fails with livechat.ErrInvalidToken or ErrInvalidRoom.
	VisitorsHistory(ctx context.Context, token, rid string, page livechat.HistoryPage) (livechat.History, error)
}

const (
	defaultHistory = 20
	maxHistory     = 100
	// maxHistoryOffset limits how many messages a page can skip, because skipping them
	// means reading them, too.
	maxHistoryOffset = 200
)

var errTokenNotProvided = livechat.NewRefusal("error-token-param-not-provided")

type historyAnswer struct {
	Messages []livechat.Message `json:"messages"`
	// End is the end parameter of the next page, if there may be another page.
	End livechat.Time `json:"end,omitempty"`
}

// MessagesHistory answers GET livechat/messages.history/{rid} with the messages of the
// visitor's room, newest first.
func MessagesHistory(histories VisitorHistoryReader) http.Handler {
	limit := newReadLimit()
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		token, page, err := readHistoryQuery(r)
		if err != nil {
			return nil, err
		}
		if !livechat.CanBeToken(token) {
			return nil, livechat.ErrInvalidToken
		}
		settings, err := histories.Settings(r.Context())
		if err != nil {
			return nil, err
		}
		if err := limit.allow(token, settings, httpapi.RequestTime(r.Context())); err != nil {
			return nil, err
		}
		history, err := histories.VisitorsHistory(r.Context(), token, r.PathValue("rid"), page)
		if err != nil {
			return nil, err
		}
		return historyAnswer{history.Messages, history.End}, nil
	})
}

// readHistoryQuery returns the token and the page in the query. It ignores ls, the time
// of the client's last request, but accepts it because clients send it.
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
	if page.Limit, err = query.number("limit", defaultHistory, maxHistory); err != nil {
		return "", page, err
	}
	page.Offset, err = query.offset(maxHistoryOffset, insteadOfOffset)
	page.Containing = query.Get("searchText")
	return query.Get("token"), page, err
}
