package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// PageVisitStore lists the store methods that PageVisited uses.
type PageVisitStore interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// PostInOpenRoom posts the message that compose adds to the visitor's open room.
	// It fails with livechat.ErrInvalidToken, with ErrInvalidRoom if no room is open,
	// or with compose's error.
	PostInOpenRoom(ctx context.Context, token string,
		compose func(livechat.Room) (livechat.Change, error)) (livechat.Message, error)
}

// maxPageText limits the characters of an address or a title.
const maxPageText = 2000

// pageBody allows more members of the page than are used, because websites send them.
var pageBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Optional("rid", idText),
	schema.Required("pageInfo", schema.Open{
		schema.Required("change", shortText),
		schema.Required("title", schema.Text{Max: maxPageText}),
		schema.Required("location", schema.Open{schema.Required("href", schema.Text{Max: maxPageText})}),
	}),
}

type pageAnswer struct {
	Page *visitedPage `json:"page,omitempty"`
}

type visitedPage struct {
	Text       string `json:"msg"`
	Navigation struct {
		Page  livechat.PageInfo `json:"page"`
		Token string            `json:"token"`
	} `json:"navigation"`
}

// PageVisited answers POST livechat/page.visited: it records a page visit as a message in
// the visitor's open room. Nothing is recorded if the visitor is unknown or has no open
// room, or if the settings do not record this kind of change. newID returns the id of the
// message.
func PageVisited(visits PageVisitStore, newID func() string) http.Handler {
	return httpapi.Endpoint(func(r *http.Request) (any, error) {
		var body struct {
			Token string            `json:"token"`
			Page  livechat.PageInfo `json:"pageInfo"`
		}
		if err := schema.Decode(r.Body, pageBody, &body); err != nil {
			return nil, err
		}
		if !livechat.CanBeToken(body.Token) {
			return pageAnswer{}, nil
		}
		settings, err := visits.Settings(r.Context())
		if err != nil {
			return nil, err
		}
		if body.Page.Change != settings.Widget.Behaviour.HistoryMonitorType {
			return pageAnswer{}, nil
		}
		now := httpapi.RequestTime(r.Context())
		m, err := visits.PostInOpenRoom(r.Context(), body.Token, func(room livechat.Room) (livechat.Change, error) {
			m := room.Visited(body.Page, now)
			usage, err := room.Usage.Add(livechat.PagesPerToken, settings, len(m.Text), now)
			if err != nil {
				return livechat.Change{}, err
			}
			room.Usage = usage
			return livechat.Change{Room: room}.Post(m, newID), nil
		})
		if errors.Is(err, livechat.ErrInvalidToken) || errors.Is(err, livechat.ErrInvalidRoom) {
			return pageAnswer{}, nil
		}
		if err != nil {
			return nil, err
		}
		visited := visitedPage{Text: m.Text}
		visited.Navigation.Page, visited.Navigation.Token = body.Page, body.Token
		return pageAnswer{&visited}, nil
	})
}
