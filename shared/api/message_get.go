package api

import (
	"context"
	"net/http"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
)

// MessageFinder lists the store methods that MessageGet uses.
type MessageFinder interface {
	// VisitorsMessage returns a message of the visitor's room. It fails with
	// livechat.ErrInvalidToken, ErrInvalidRoom or ErrInvalidMessage.
	VisitorsMessage(ctx context.Context, token, rid, id string) (livechat.Message, error)
}

// MessageGet answers GET livechat/message/{_id} with one message of the visitor's room.
func MessageGet(messages MessageFinder) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		query, err := readQuery(r, parameter{name: "token", required: true}, parameter{name: "rid", required: true})
		if err != nil {
			return nil, err
		}
		id, err := messageID(r, query.Get("token"))
		if err != nil {
			return nil, err
		}
		message, err := messages.VisitorsMessage(r.Context(), query.Get("token"), query.Get("rid"), id)
		if err != nil {
			return nil, err
		}
		return messageAnswer{message}, nil
	})
}

// messageID returns the id in the path. It refuses a malformed token before any read.
func messageID(r *http.Request, token string) (string, error) {
	if !livechat.CanBeToken(token) {
		return "", livechat.ErrInvalidToken
	}
	return r.PathValue("_id"), nil
}
