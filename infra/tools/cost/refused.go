package cost

import (
	"fmt"

	"livechat/shared/livechat"
)

// refused measures refused requests. They have an unknown token, another visitor's room,
// a broken body or no sign-in, or exceed a rate limit.
func (r *recorder) refused() {
	agent := Manager()
	nobody := Visitor{Token: livechat.NewID(), Room: livechat.NewID(), Said: livechat.NewID()}
	v, stranger := r.visitor(), r.visitor()
	foreign := v
	foreign.Room = stranger.Room
	for name, who := range map[string]Visitor{"unknown token": nobody, "foreign room": foreign} {
		for _, request := range []Request{
			get(API + "room?token=" + who.Token + "&rid=" + who.Room),
			post(API+"message", who.message("Hello")),
			get(API + "message/" + stranger.Said + "?token=" + who.Token + "&rid=" + who.Room),
			put(API+"message/"+stranger.Said, who.message("Hello")),
			remove(API+"message/"+stranger.Said, who.inRoom(nil)),
			get(API + "messages.history/" + who.Room + "?token=" + who.Token),
			get(API + "agent.info/" + who.Room + "/" + who.Token),
			post(API+"room.close", who.inRoom(nil)),
			post(API+"room.survey", who.answers(Emoji(maxText))),
		} {
			r.measure(Refused, name, request)
		}
	}
	for _, request := range []Request{
		get(API + "visitor/" + nobody.Token),
		remove(API+"visitor/"+nobody.Token, ""),
		post(API+"visitor.status", encode(map[string]string{"token": nobody.Token, "status": "away"})),
		post(API+"custom.field", encode(map[string]any{"token": nobody.Token, "key": "crmId", "value": "1", "overwrite": true})),
		post(API+"custom.fields", nobody.largeFields()),
	} {
		r.measure(Refused, "unknown token", request)
	}
	// These requests are answered with 200, but record nothing.
	r.measure(Worst, "unknown token", post(API+"page.visited", nobody.page(Emoji(maxPage), Emoji(maxPage))))
	r.measure(Worst, "unknown token", get(API+"config?token="+nobody.Token))
	for _, request := range []Request{
		get(API+"visitors.info?visitorId="+nobody.ID+"x", agent...),
		put(API+"room.visitor", encode(map[string]string{"rid": nobody.Room, "visitorId": v.ID}), agent...),
		post(API+"room.closeByUser", encode(map[string]string{"rid": nobody.Room, "comment": Emoji(maxText)}), agent...),
		post("/api/v1/chat.postMessage", encode(map[string]string{"roomId": nobody.Room, "text": Emoji(maxText)}), agent...),
		get(API+nobody.Room+"/messages", agent...),
		post(API+"inquiries.take", encode(map[string]string{"inquiryId": nobody.Room}), agent...),
		post(API+"room.forward", encode(map[string]string{"roomId": nobody.Room, "userId": agents[1]}), agent...),
		post(API+"room.saveInfo", encode(map[string]any{"roomData": map[string]any{"_id": nobody.Room, "topic": Emoji(maxShort)}}), agent...),
		post(API+"agent.status", encode(map[string]string{"status": "available", "agentId": nobody.Room}), agent...),
		get("/s/" + livechat.NewCode()),
		form("/s/"+livechat.NewCode(), "satisfaction=4"),
	} {
		r.measure(Refused, "unknown id", request)
	}
	stolen := []string{"X-User-Id", agent[1], "X-Auth-Token", livechat.NewID()}
	r.measure(Refused, "not signed in", get(API+"rooms?open=true&count=100", stolen...))
	r.measure(Refused, "not signed in", get(API+"survey.report", stolen...))
	for _, path := range []string{
		"room.survey", "visitor", "room.close", "message", "visitor.status", "page.visited", "custom.field", "custom.fields",
	} {
		r.measure(Refused, "bad body", post(API+path, `{"token":"`+v.Token+`",`))
	}

	r.limited(func(i int) Request { return post(API+"message", v.message(fmt.Sprint(i))) })
	r.limited(func(i int) Request { return put(API+"message/"+v.Said, v.message(fmt.Sprint(i))) })
	r.limited(func(i int) Request { return post(API+"room.survey", v.answers(fmt.Sprint(i))) })
	r.limited(func(i int) Request { return post(API+"page.visited", v.page(fmt.Sprint(i), "https://www.example.com")) })
	r.limited(func(i int) Request {
		return post(API+"visitor.status", encode(map[string]string{"token": v.Token, "status": []string{"away", "busy"}[i%2]}))
	})
	r.limited(func(i int) Request {
		return post(API+"custom.field", encode(map[string]any{"token": v.Token, "key": "crmId", "value": fmt.Sprint(i), "overwrite": true}))
	})
	r.limited(func(i int) Request {
		return post(API+"visitor", encode(map[string]any{"visitor": map[string]string{"token": v.Token, "name": fmt.Sprint(i)}}))
	})
}
