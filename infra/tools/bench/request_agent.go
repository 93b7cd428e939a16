package main

import (
	"context"
	"net/http"

	"livechat/infra/local/demo"
	"livechat/shared/livechat"
	"livechat/shared/store"
)

func agentRequests(db *store.Store) map[string]request {
	const path = "/api/v1/livechat/"
	servedByDemo := livechat.ServedBy{ID: demo.UserID}
	return map[string]request{
		// Alternate between two visitors, so that every request moves the room.
		"room-visitor": always(agent, http.MethodPut, path+"room.visitor",
			object("rid", "2xC3rGZRiJztFYP5t", "visitorId", "qpdxquZygF4j9aFTR"),
			object("rid", "2xC3rGZRiJztFYP5t", "visitorId", "gY7bXtFwP3nLsKe5A")),
		"room-close-by-user": inNewRoom(db, servedByDemo, func(ctx context.Context, room livechat.Room) (*http.Request, error) {
			return newRequest(ctx, agent, http.MethodPost, path+"room.closeByUser", object("rid", room.ID, "comment", "done"))
		}),
		"inquiries-take": inNewRoom(db, livechat.ServedBy{}, func(ctx context.Context, room livechat.Room) (*http.Request, error) {
			return newRequest(ctx, agent, http.MethodPost, path+"inquiries.take", object("inquiryId", room.ID))
		}),
		"room-forward": always(manager, http.MethodPost, path+"room.forward",
			object("roomId", "beNDemoRm4xWq9ZkT", "userId", "XycfA5CetCPuEjqxw"),
			object("roomId", "beNDemoRm4xWq9ZkT", "userId", demo.UserID)),
		"room-save-info": always(agent, http.MethodPost, path+"room.saveInfo",
			`{"roomData":{"_id":"`+adasRoom+`","topic":"Bill"}}`),
		"rooms":             always(manager, http.MethodGet, path+"rooms?open=false", ""),
		"room-messages":     always(agent, http.MethodGet, path+adasRoom+"/messages", ""),
		"chat-post-message": always(agent, http.MethodPost, "/api/v1/chat.postMessage", object("roomId", adasRoom, "text", "Hello")),
		"agent-status":      always(agent, http.MethodPost, path+"agent.status", object("status", livechat.Available)),
		"visitors-info":     always(agent, http.MethodGet, path+"visitors.info?visitorId=47Dajwh9DjpnTAugW", ""),
		"survey-report":     always(manager, http.MethodGet, path+"survey.report?from=2021-07-01&to=2021-07-31", ""),
	}
}
