package cost

import (
	"net/url"

	"livechat/shared/livechat"
)

// Sizes sets the amounts of hostile data.
type Sizes struct {
	Texts int // messages of the maximum length in a room
	Edits int // edits of one message
	Rooms int // open rooms
}

// worst measures each route in its most expensive case.
func (r *recorder) worst(sizes Sizes) {
	agent := Manager()
	long, edited, large := r.filled(sizes)
	if r.err != nil {
		return
	}
	token := "token=" + long.Token
	r.measure(Worst, "long room, resumed", get(API+"room?"+token+"&rid="+long.Room))
	r.measure(Worst, "large profile, resumed", get(API+"room?token="+large.Token))
	fresh, _, err := r.Register(r.ctx, map[string]any{"name": Emoji(maxShort), "phone": Emoji(maxShort)})
	r.keep(err, "a visitor")
	r.measure(Worst, "new, while many are open", get(API+"room?token="+fresh.Token))
	r.measure(Worst, "long room", get(API+"config?"+token))
	r.measure(Worst, "large profile", get(API+"config?token="+large.Token))
	r.measure(Worst, "large profile", get(API+"visitor/"+large.Token))
	r.measure(Worst, "large profile", get(API+"visitors.info?visitorId="+large.ID, agent...))
	r.measure(Worst, "large profile, renamed", post(API+"visitor",
		encode(map[string]any{"visitor": map[string]string{"token": large.Token, "name": Emoji(maxShort - 1)}})))
	r.measure(Worst, "long room, renamed", post(API+"visitor", encode(map[string]any{"visitor": map[string]string{"token": long.Token,
		"name": Emoji(maxShort)}})))

	r.measure(Worst, "long room, 5,000 emoji", post(API+"message", long.message(Emoji(maxText))))
	r.measure(Worst, "edited room, 5,000 emoji", post(API+"message", edited.message(Emoji(maxText))))
	r.measure(Worst, "long room, its latest", get(API+"message/"+long.Said+"?"+token+"&rid="+long.Room))
	r.measure(Worst, "long room, 5,000 emoji", put(API+"message/"+long.Said, long.message(Emoji(maxText-1))))
	r.measure(Worst, "edited room, 5,000 emoji", put(API+"message/"+edited.Said, edited.message(Emoji(maxText-1))))
	history := API + "messages.history/" + long.Room + "?" + token
	r.measure(Worst, "long room, 100", get(history+"&limit=100"))
	r.measure(Worst, "long room, search that finds nothing", get(history+"&limit=100&searchText=nothing"))
	r.measure(Worst, "long room, deepest offset", get(history+"&limit=100&offset=200"))
	messages := API + long.Room + "/messages?count=100"
	r.measure(Worst, "long room, 100", get(messages, agent...))
	r.measure(Worst, "long room, search that finds nothing", get(messages+"&searchTerm=nothing", agent...))
	r.measure(Worst, "long room, deepest offset", get(messages+"&offset=1000", agent...))
	r.measure(Worst, "many open, 100", get(API+"rooms?open=true&count=100", agent...))
	r.measure(Worst, "many open, by name, found nowhere", get(API+"rooms?open=true&count=100&roomName=nothing", agent...))
	r.measure(Worst, "many open, deepest offset", get(API+"rooms?count=100&offset=900&sort="+url.QueryEscape(`{"fname":-1}`), agent...))
	r.measure(Worst, "long room", post(API+"visitor.status", encode(map[string]string{"token": long.Token, "status": "busy"})))
	r.measure(Worst, "large profile", post(API+"visitor.status", encode(map[string]string{"token": large.Token, "status": "busy"})))
	r.measure(Worst, "long room, 4,000 emoji", post(API+"page.visited", long.page(Emoji(maxPage), Emoji(maxPage))))
	r.measure(Worst, "large profile, all new", post(API+"custom.fields", large.largeFields()))
	r.measure(Worst, "large profile, one field", post(API+"custom.field",
		encode(map[string]any{"token": large.Token, "key": "a", "value": Emoji(maxLargeField - 1), "overwrite": true})))
	r.measure(Worst, "long room, of the room", post(API+"custom.field",
		encode(map[string]any{"token": long.Token, "key": "salesforceCrmContactId", "value": Emoji(240), "overwrite": true})))

	r.measure(Worst, "long room", post(API+"inquiries.take", encode(map[string]string{"inquiryId": long.Room, "userId": agents[1]}), agent...))
	r.measure(Worst, "long room", get(API+"agent.info/"+long.Room+"/"+long.Token))
	r.measure(Worst, "long room, 5,000 emoji", post("/api/v1/chat.postMessage",
		encode(map[string]string{"roomId": long.Room, "text": Emoji(maxText)}), agent...))
	var tags []string
	for range 40 { // a tag has 25 bytes, and all tags may have 1,024
		tags = append(tags, Emoji(2)+livechat.NewID())
	}
	r.measure(Worst, "long room, 40 tags", post(API+"room.saveInfo", encode(map[string]any{
		"roomData": map[string]any{"_id": long.Room, "topic": Emoji(maxShort), "tags": tags}, "guestData": map[string]any{"_id": long.ID,
			"name": Emoji(maxShort - 1)},
	}), agent...))
	r.measure(Worst, "long room, 5,000 emoji", post(API+"room.forward",
		encode(map[string]string{"roomId": long.Room, "departmentId": "CAJioQNAvLnYWTy8i", "comment": Emoji(maxText)}), agent...))
	r.measure(Worst, "many open", post(API+"agent.status", encode(map[string]string{"status": "available", "agentId": agents[0]}), agent...))
	r.measure(Worst, "long room", remove(API+"message/"+long.Said, long.inRoom(nil)))
	to, _, err := r.Register(r.ctx, map[string]any{"name": Emoji(maxShort)})
	r.keep(err, "a visitor")
	r.measure(Worst, "long room", put(API+"room.visitor", encode(map[string]string{"rid": long.Room, "visitorId": to.ID}), agent...))
	to.Room = long.Room
	r.measure(Worst, "long room, 5,000 emoji", post(API+"room.survey", to.answers(Emoji(maxText))))
	r.measure(Worst, "long room", post(API+"room.close", to.inRoom(nil)))
	r.measure(Worst, "long room, closed, 5,000 emoji", post(API+"room.survey", to.answers(Emoji(maxText-1))))
	r.measure(Worst, "long room, closed", put(API+"room.visitor", encode(map[string]string{"rid": long.Room, "visitorId": long.ID}), agent...))
	r.measure(Worst, "long room", remove(API+"visitor/"+long.Token, ""))
	r.measure(Worst, "edited room, 5,000 emoji", post(API+"room.closeByUser",
		encode(map[string]any{"rid": edited.Room, "comment": Emoji(maxText), "tags": tags}), agent...))

	link := r.mailed()
	r.measure(Worst, "5,000 emoji", form(link, "satisfaction=4&additionalFeedback="+url.QueryEscape(Emoji(maxText))))
	r.measure(Worst, "5,000 emoji", get(link))
	r.measure(Worst, "a year", get(API+"survey.report?from=2026-01-01&to=2026-12-31", agent...))
	for _, path := range []string{"/livechat/reports", "/docs", "/api/v1/openapi.json", "/avatar/" + livechat.NewID()} {
		r.measure(Worst, "", get(path)) // these routes read nothing
	}
}

// filled creates the data that makes requests expensive.
func (r *recorder) filled(sizes Sizes) (long, edited, large Visitor) {
	fill := func(v *Visitor, by func() (Visitor, error)) {
		if r.err == nil {
			var err error
			*v, err = by()
			r.keep(err, "fill in")
		}
	}
	fill(&long, func() (Visitor, error) { return r.LongRoom(r.ctx, sizes.Texts) })
	fill(&edited, func() (Visitor, error) { return r.EditedRoom(r.ctx, sizes.Edits) })
	fill(&large, func() (Visitor, error) { return r.LargeVisitor(r.ctx) })
	if r.err == nil {
		r.keep(r.OpenRooms(r.ctx, sizes.Rooms), "fill in")
	}
	return long, edited, large
}
