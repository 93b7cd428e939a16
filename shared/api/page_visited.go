package api

import (
	"context"
	"errors"
	"net/http"

	"livechat/shared/api/schema"
	"livechat/shared/livechat"
)

// Visits is what recording the pages a visitor goes to needs of the store.
type Visits interface {
	Admissions
	Settings(ctx context.Context) (livechat.Settings, error)
	// PostInOpenRoom puts the message that say returns into the visitor's open
	// room. It fails with livechat.ErrInvalidToken, with ErrInvalidRoom when they
	// have none, or as say does.
	PostInOpenRoom(ctx context.Context, token, id string,
		say func(livechat.Room) (livechat.Room, livechat.Message, error)) (livechat.Message, error)
}

// maxPage is how many characters an address or a title may have.
const maxPage = 2000

// Websites send more of a page than is of use.
var pageBody = schema.Object{
	schema.Required("token", tokenText),
	schema.Optional("rid", idText),
	schema.Required("pageInfo", schema.Open{
		schema.Required("change", shortText),
		schema.Required("title", schema.Text{Max: maxPage}),
		schema.Required("location", schema.Open{schema.Required("href", schema.Text{Max: maxPage})}),
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

// PageVisited answers POST livechat/page.visited: the visitor went to a page. It
// is told in their open room; who has none, or is not registered yet, is not
// recorded. newID names the message.
func PageVisited(visits Visits, newID func() string) http.Handler {
	return endpoint(func(r *http.Request) (any, error) {
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
		id := newID()
		// Apart from the messages: pages that are gone through shall leave the
		// visitor their say.
		admission := admit(r.Context(), visits,
			livechat.Count{Limit: livechat.MessagesPerToken, By: "pages of " + body.Token, What: id})
		defer admission.letGo()
		m, err := visits.PostInOpenRoom(r.Context(), body.Token, id,
			func(room livechat.Room) (livechat.Room, livechat.Message, error) {
				return room, room.Visited(body.Page, id, RequestTime(r.Context())), admission.granted()
			})
		err = admission.first(err)
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
