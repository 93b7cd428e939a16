package main

import (
	"context"
	"fmt"
	"net/http"

	"livechat/shared/livechat"
	"livechat/shared/store"
)

func visitorRequests(db *store.Store) map[string]request {
	const path = "/api/v1/livechat/"
	adasText := object("token", ada, "rid", adasRoom, "msg", "Hello")
	return map[string]request{
		"room": always(visitor, http.MethodGet, path+"room?token=8s7e9ony6ctl27e1qf8kue&rid=kCJDd5peKiZnGJLPq", ""),
		"room-survey": always(visitor, http.MethodPost, path+"room.survey",
			`{"rid":"XFzMqgn33DcsQkpJp","token":"iNKE8a6k6cjbqWhWd","data":[{"name":"satisfaction","value":"3"}]}`),
		"room-close": inNewRoom(db, livechat.ServedBy{ID: "nobody"}, func(ctx context.Context, room livechat.Room) (*http.Request, error) {
			return newRequest(ctx, visitor, http.MethodPost, path+"room.close", object("rid", room.ID, "token", room.Visitor.Token))
		}),
		"visitor": func(ctx context.Context, n int) (*http.Request, error) {
			return newRequest(ctx, visitor, http.MethodPost, path+"visitor",
				fmt.Sprintf(`{"visitor":{"token":"registered-%d","name":"Mary","email":"mary@example.com"}}`, n))
		},
		"visitor-get": always(visitor, http.MethodGet, path+"visitor/8s7e9ony6ctl27e1qf8kue", ""),
		"visitor-delete": func(ctx context.Context, n int) (*http.Request, error) {
			token := fmt.Sprintf("deleted-%d", n)
			if err := db.PutVisitor(ctx, newVisitor(token)); err != nil {
				return nil, fmt.Errorf("create a visitor to delete: %w", err)
			}
			return newRequest(ctx, visitor, http.MethodDelete, path+"visitor/"+token, "")
		},
		"visitor-status":   always(visitor, http.MethodPost, path+"visitor.status", object("token", ada, "status", "online")),
		"config":           always(visitor, http.MethodGet, path+"config?token="+ada, ""),
		"message":          always(visitor, http.MethodPost, path+"message", adasText),
		"message-get":      always(visitor, http.MethodGet, path+"message/"+adasMessage+"?token="+ada+"&rid="+adasRoom, ""),
		"message-update":   always(visitor, http.MethodPut, path+"message/"+adasMessage, adasText),
		"messages-history": always(visitor, http.MethodGet, path+"messages.history/"+adasRoom+"?token="+ada, ""),
		"message-delete": func(ctx context.Context, n int) (*http.Request, error) {
			id := fmt.Sprintf("deleted-%d", n)
			if err := postAsAda(ctx, db, id); err != nil {
				return nil, err
			}
			return newRequest(ctx, visitor, http.MethodDelete, path+"message/"+id, object("token", ada, "rid", adasRoom))
		},
		"agent-info": always(visitor, http.MethodGet, path+"agent.info/"+adasRoom+"/"+ada, ""),
		"page-visited": always(visitor, http.MethodPost, path+"page.visited",
			`{"token":"`+ada+`","pageInfo":{"change":"url","title":"Prices","location":{"href":"https://www.example.com/prices"}}}`),
		"custom-field": always(visitor, http.MethodPost, path+"custom.field",
			`{"token":"`+ada+`","key":"crmId","value":"1","overwrite":true}`),
	}
}
