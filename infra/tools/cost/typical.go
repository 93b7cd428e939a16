package cost

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"livechat/shared/livechat"
)

// get and the following functions return requests. header alternates names and values.
func get(path string, header ...string) Request { return Request{http.MethodGet, path, "", header} }

func post(path, body string, header ...string) Request {
	return Request{http.MethodPost, path, body, header}
}

func put(path, body string, header ...string) Request {
	return Request{http.MethodPut, path, body, header}
}

func remove(path, body string, header ...string) Request {
	return Request{http.MethodDelete, path, body, header}
}

// typical measures each route in its usual case.
func (r *recorder) typical() {
	agent := Manager()
	r.measure(Typical, "new", post(API+"visitor", encode(map[string]any{"visitor": map[string]string{
		"token": livechat.NewID(), "name": "Ada Lovelace", "email": "ada@example.net",
	}})))
	fresh, _, err := r.Register(r.ctx, nil)
	r.keep(err, "a visitor")
	r.measure(Typical, "new", get(API+"room?token="+fresh.Token))
	r.measure(Typical, "resumed", get(API+"room?token="+fresh.Token))

	v := r.visitor()
	r.measure(Typical, "known, renamed", post(API+"visitor", encode(map[string]any{"visitor": map[string]string{"token": v.Token,
		"name": "Ada King"}})))
	r.measure(Typical, "", get(API+"visitor/"+v.Token))
	r.measure(Typical, "", get(API+"visitors.info?visitorId="+v.ID, agent...))
	r.measure(Typical, "known visitor", get(API+"config?token="+v.Token))
	r.measure(Typical, "nobody's", get(API+"config"))
	r.measure(Typical, "40 characters", post(API+"message", v.message("Do you ship to Lisbon, and for how much?")))
	r.measure(Typical, "", get(API+"message/"+v.Said+"?token="+v.Token+"&rid="+v.Room))
	r.measure(Typical, "", put(API+"message/"+v.Said, v.message("Do you ship to Porto?")))
	r.measure(Typical, "", get(API+"agent.info/"+v.Room+"/"+v.Token))
	r.measure(Typical, "", post(API+"visitor.status", encode(map[string]string{"token": v.Token, "status": "away"})))
	r.measure(Typical, "", post(API+"page.visited", v.page("Prices", "https://www.example.com/prices")))
	field := map[string]any{"key": "crmId", "value": "0032y000009mtOIAAY", "overwrite": true}
	r.measure(Typical, "", post(API+"custom.fields", encode(map[string]any{"token": v.Token, "customFields": []any{field}})))
	field["token"], field["value"] = v.Token, "0032y000009mtOIAAZ"
	r.measure(Typical, "", post(API+"custom.field", encode(field)))
	r.measure(Typical, "", post("/api/v1/chat.postMessage", encode(map[string]string{"roomId": v.Room, "text": "We do."}), agent...))
	for range 4 {
		r.do(post(API+"message", v.message("Do you ship to Lisbon, and for how much?")))
		r.do(post("/api/v1/chat.postMessage", encode(map[string]string{"roomId": v.Room, "text": "We do. It is free from fifty on."}), agent...))
	}
	r.measure(Typical, "", get(API+"messages.history/"+v.Room+"?token="+v.Token))
	r.measure(Typical, "", get(API+v.Room+"/messages", agent...))
	r.measure(Typical, "open", get(API+"rooms?open=true", agent...))
	r.measure(Typical, "the queue", get(API+"rooms?queued=true", agent...))
	r.measure(Typical, "", remove(API+"message/"+v.Said, v.inRoom(nil)))
	r.measure(Typical, "", post(API+"room.saveInfo", encode(map[string]any{
		"roomData": map[string]any{"_id": v.Room, "topic": "Shipping"}, "guestData": map[string]any{"_id": v.ID, "name": "Ada"},
	}), agent...))
	r.measure(Typical, "", post(API+"room.forward", encode(map[string]string{"roomId": v.Room, "departmentId": "CAJioQNAvLnYWTy8i"}),
		agent...))
	to, _, err := r.Register(r.ctx, nil)
	r.keep(err, "a visitor")
	r.measure(Typical, "open", put(API+"room.visitor", encode(map[string]string{"rid": v.Room, "visitorId": to.ID}), agent...))
	to.Room = v.Room
	r.measure(Typical, "open", post(API+"room.survey", to.answers("Thank you")))
	r.measure(Typical, "", post(API+"room.close", to.inRoom(nil)))
	r.measure(Typical, "closed", post(API+"room.survey", to.answers("Thank you very much")))
	r.measure(Typical, "closed", get(API+"rooms?open=false", agent...))
	r.measure(Typical, "", remove(API+"visitor/"+to.Token, ""))

	other := r.visitor()
	r.measure(Typical, "", post(API+"room.closeByUser", encode(map[string]string{"rid": other.Room, "comment": "Solved"}), agent...))
	waiting, err := r.waiting(r.ctx)
	r.keep(err, "a room that waits")
	r.measure(Typical, "", post(API+"inquiries.take", encode(map[string]string{"inquiryId": waiting.Room, "userId": agents[1]}), agent...))
	r.measure(Typical, "", post(API+"agent.status", encode(map[string]string{"status": "available", "agentId": agents[1]}), agent...))

	link := r.mailed()
	r.measure(Typical, "", get(link))
	r.measure(Typical, "", form(link, "satisfaction=4&additionalFeedback=Thanks"))
	r.measure(Typical, "", get(API+"survey.report", agent...))
	for _, path := range []string{"/livechat/reports", "/docs", "/api/v1/openapi.json", "/avatar/ada"} {
		r.measure(Typical, "", get(path))
	}
}

func form(path, fields string) Request {
	return post(path, fields, "Content-Type", "application/x-www-form-urlencoded")
}

var surveyLink = regexp.MustCompile(`/s/[\w-]+`)

// mailed makes a chat whose visitor gets a survey mail, and returns the survey link in
// the mail.
func (r *recorder) mailed() string {
	if r.err != nil {
		return ""
	}
	address := strings.ToLower(livechat.NewID()) + "@example.net"
	v, err := r.newcomer(r.ctx, map[string]any{"email": address})
	r.keep(err, "a visitor")
	r.do(post(API+"message", v.message("Hello")))
	r.do(post("/api/v1/chat.postMessage", encode(map[string]string{"roomId": v.Room, "text": "Hello"}), Manager()...))
	r.do(post(API+"room.close", v.inRoom(nil)))
	r.do(post("/_local/clock", `{"advance":"61m"}`))
	if r.err != nil {
		return ""
	}
	var box struct{ Messages []struct{ To, Text string } }
	r.keep(r.local(r.ctx, http.MethodGet, "outbox", "", &box), "outbox")
	for _, mail := range box.Messages {
		if mail.To == address {
			return surveyLink.FindString(mail.Text)
		}
	}
	r.keep(errors.New("no survey mail was sent"), address)
	return ""
}
