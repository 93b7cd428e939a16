package laptop

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"livechat/infra/local/demo"
	"livechat/infra/test/blackbox/target"
	"livechat/shared/livechat"
)

func fields(pairs ...string) string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return target.JSON(m)
}

// said is the id of a message of the room's visitor; the calls are about it.
const said = "saidByTheVisitor1"

// byVisitors are the calls that take a visitor's token. own is the caller's room, and
// another's is a room that the token does not open.
var byVisitors = []call{
	{route: "GET /api/v1/livechat/config", about: []string{noRoom}, shows: true,
		request: func(s scene) (string, string) { return "?token=" + s.token, "" }},
	{route: "POST /api/v1/livechat/visitor", about: []string{noRoom}, shows: true,
		request: func(s scene) (string, string) {
			return target.API + "visitor", `{"visitor":` + fields("token", s.token, "name", "Ada") + `}`
		}},
	{route: "GET /api/v1/livechat/visitor/{token}", about: []string{noRoom}, shows: true,
		request: func(s scene) (string, string) { return target.API + "visitor/" + s.token, "" }},
	{route: "DELETE /api/v1/livechat/visitor/{token}", about: []string{own, closed, noRoom},
		request: func(s scene) (string, string) { return target.API + "visitor/" + s.token, "" }},
	{route: "POST /api/v1/livechat/visitor.status", about: []string{noRoom}, shows: true,
		request: func(s scene) (string, string) {
			return target.API + "visitor.status", fields("token", s.token, "status", "away")
		}},
	{route: "POST /api/v1/livechat/page.visited", about: []string{own, noRoom}, shows: true,
		request: func(s scene) (string, string) { return target.API + "page.visited", target.Page(s.token) }},
	{route: "POST /api/v1/livechat/custom.field", about: []string{own, noRoom},
		request: func(s scene) (string, string) {
			return target.API + "custom.field", `{"token":"` + s.token + `","key":"crmId","value":"1","overwrite":true}`
		}},
	{route: "POST /api/v1/livechat/custom.fields", about: []string{own, noRoom},
		request: func(s scene) (string, string) {
			return target.API + "custom.fields", `{"token":"` + s.token + `","customFields":[{"key":"crmId","value":"1","overwrite":true}]}`
		}},
	{route: "GET /api/v1/livechat/room", about: rooms, shows: true,
		request: func(s scene) (string, string) { return "?token=" + s.token + "&rid=" + s.room, "" }},
	{route: "POST /api/v1/livechat/room.survey", about: rooms,
		request: func(s scene) (string, string) { return target.API + "room.survey", target.Survey(s.token, s.room) }},
	{route: "POST /api/v1/livechat/room.close", about: rooms,
		request: func(s scene) (string, string) { return target.API + "room.close", target.Close(s.token, s.room) }},
	{route: "GET /api/v1/livechat/agent.info/{rid}/{token}", about: rooms,
		request: func(s scene) (string, string) { return target.API + "agent.info/" + s.room + "/" + s.token, "" }},
	{route: "POST /api/v1/livechat/message", about: rooms, shows: true,
		request: func(s scene) (string, string) {
			return target.API + "message", fields("token", s.token, "rid", s.room, "msg", "Hello")
		}},
	{route: "GET /api/v1/livechat/message/{_id}", about: rooms, shows: true,
		request: func(s scene) (string, string) {
			return target.API + "message/" + said + "?token=" + s.token + "&rid=" + s.room, ""
		}},
	{route: "PUT /api/v1/livechat/message/{_id}", about: rooms, shows: true,
		request: func(s scene) (string, string) {
			return target.API + "message/" + said, fields("token", s.token, "rid", s.room, "msg", "Good day")
		}},
	{route: "DELETE /api/v1/livechat/message/{_id}", about: rooms,
		request: func(s scene) (string, string) {
			return target.API + "message/" + said, fields("token", s.token, "rid", s.room)
		}},
	{route: "GET /api/v1/livechat/messages.history/{rid}", about: rooms, shows: true,
		request: func(s scene) (string, string) {
			return target.API + "messages.history/" + s.room + "?token=" + s.token, ""
		}},
}

// rooms are the kinds of rooms that a visitor's call can be about.
var rooms = []string{own, others, closed, missing}

func (w *world) visitorsTable(t *testing.T) string {
	table := "## Calls by a visitor's token\n\nA sign-in makes no difference to these calls: the test also makes them with an administrator's.\n\n" +
		header("call", "room", "the visitor's token", "nobody's token", "no token")
	var rows []func() string
	for _, c := range byVisitors {
		for _, kind := range c.about {
			rows = append(rows, func() string {
				cells := []string{"`" + c.route + "`", kind}
				for _, who := range []string{"visitor", "unknown", "none"} {
					cells = append(cells, w.byVisitor(t, c, kind, who))
				}
				return row(cells...)
			})
		}
	}
	return table + rowsOf(rows)
}

// byVisitor makes the call with the visitor's token, an unknown token, or no token.
func (w *world) byVisitor(t *testing.T, c call, kind, who string) string {
	t.Helper()
	if kind == others && who != "visitor" {
		return "-"
	}
	signedIn := w.asVisitor(t, c, kind, who, w.signIns[livechat.RoleAdmin])
	anonymous := w.asVisitor(t, c, kind, who, nil)
	if signedIn != anonymous {
		t.Errorf("%s about a room (%s): %s if an administrator is signed in, else %s", c.route, kind, signedIn, anonymous)
	}
	return anonymous
}

func (w *world) asVisitor(t *testing.T, c call, kind, who string, header []string) string {
	t.Helper()
	madeAs := kind
	if kind == others {
		madeAs = own
	}
	s := w.scene(t, madeAs, livechat.RoleAgent)
	if strings.Contains(c.route, "{_id}") && madeAs == own {
		w.system.Send(t, http.MethodPost, target.API+"message",
			fields("token", s.token, "rid", s.room, "msg", "Hello", "_id", said)).WantStatus(t, 200)
	}
	switch {
	case kind == others:
		s.token = s.stranger
	case who == "unknown":
		s.token = "nobody-" + livechat.NewID()
	case who == "none":
		s.token = ""
	}
	s.kind = kind
	return w.send(t, c, s, header)
}

// byUsers are the calls that require a sign-in.
var byUsers = []call{
	{route: "GET /api/v1/livechat/visitors.info", about: []string{own, missing},
		request: func(s scene) (string, string) {
			if s.kind == missing {
				s.visitor = livechat.NewID()
			}
			return "?visitorId=" + s.visitor, ""
		}},
	{route: "GET /api/v1/livechat/rooms", about: []string{own, others, queued, closed}, listed: true,
		request: func(s scene) (string, string) {
			if s.kind == queued {
				return "?queued=true&roomName=" + s.name, ""
			}
			return "?roomName=" + s.name, ""
		}},
	{route: "GET /api/v1/livechat/{rid}/messages", about: everyRoom,
		request: func(s scene) (string, string) { return target.API + s.room + "/messages", "" }},
	{route: "POST /api/v1/chat.postMessage", about: everyRoom,
		request: func(s scene) (string, string) { return target.Chat, fields("roomId", s.room, "text", "Hello") }},
	{route: "POST /api/v1/livechat/inquiries.take", about: everyRoom,
		request: func(s scene) (string, string) { return target.API + "inquiries.take", fields("inquiryId", s.room) }},
	{route: "POST /api/v1/livechat/room.forward", about: everyRoom,
		request: func(s scene) (string, string) {
			return target.API + "room.forward", fields("roomId", s.room, "userId", demo.UserID)
		}},
	{route: "POST /api/v1/livechat/room.saveInfo", about: everyRoom,
		request: func(s scene) (string, string) {
			return target.API + "room.saveInfo", `{"roomData":` + fields("_id", s.room, "topic", "Invoice") + `}`
		}},
	{route: "PUT /api/v1/livechat/room.visitor", about: everyRoom, shows: true,
		request: func(s scene) (string, string) { return target.API + "room.visitor", target.Move(s.room, s.strangerID) }},
	{route: "POST /api/v1/livechat/room.closeByUser", about: everyRoom,
		request: func(s scene) (string, string) {
			return target.API + "room.closeByUser", fields("rid", s.room, "comment", "done")
		}},
	{route: "POST /api/v1/livechat/agent.status", about: []string{own, others, missing},
		request: func(s scene) (string, string) {
			switch s.kind {
			case own:
				return target.API + "agent.status", fields("status", "available")
			case missing:
				s.colleague = livechat.NewID()
			}
			return target.API + "agent.status", fields("status", "available", "agentId", s.colleague)
		}},
	{route: "GET /api/v1/livechat/survey.report", about: []string{noRoom},
		request: func(scene) (string, string) { return target.API + "survey.report", "" }},
}

// everyRoom are the kinds of rooms that a user's call can be about.
var everyRoom = []string{own, others, queued, closed, missing}

func (w *world) usersTable(t *testing.T) string {
	table := "## Calls that require a sign-in\n\n" +
		"`own` is a room that the caller serves. For `visitors.info` and `agent.status`, the column *room* describes the visitor\n" +
		"or the agent. Callers with a wrong or expired token, and deactivated users, count as not signed in.\n\n" +
		header(append([]string{"call", "room", "not signed in"}, roleNames...)...)
	var rows []func() string
	for _, c := range byUsers {
		for _, kind := range c.about {
			rows = append(rows, func() string {
				cells := []string{"`" + c.route + "`", kind, w.refused(t, c, kind)}
				for _, role := range roleNames {
					cells = append(cells, w.send(t, c, w.scene(t, kind, role), w.signIns[role]))
				}
				return row(cells...)
			})
		}
	}
	return table + rowsOf(rows)
}

// refused makes the call as every caller who is not let in. All of them must get the same
// answer.
func (w *world) refused(t *testing.T, c call, kind string) string {
	t.Helper()
	refused := ""
	for _, who := range notLetIn {
		cell := w.send(t, c, w.scene(t, kind, who), w.signIns[who])
		if refused != "" && cell != refused {
			t.Errorf("%s about a room (%s): %s for %s, else %s", c.route, kind, cell, who, refused)
		}
		refused = cell
	}
	return refused
}

// pages are open to anybody: they show public data, or are protected only by a code.
var pages = []struct{ route, path, about string }{
	{"GET /s/{code}", "/s/" + demo.SurveyCode, "a survey's code"},
	{"GET /s/{code}", "/s/" + livechat.NewCode(), "no survey's code"},
	{"POST /s/{code}", "/s/" + demo.SurveyCode, "a survey's code"},
	{"POST /s/{code}", "/s/" + livechat.NewCode(), "no survey's code"},
	{"GET /livechat/reports", "/livechat/reports", "the page without figures"},
	{"GET /avatar/{username}", "/avatar/no-such-user", "a letter"},
	{"GET /docs", "/docs", "the calls' description"},
	{"GET /api/v1/openapi.json", "/api/v1/openapi.json", "the same for programs"},
}

func (w *world) pagesTable(t *testing.T) string {
	table := "## Pages\n\nEverybody can open these pages, and a sign-in makes no difference.\n\n" + header("page", "about", "answer")
	for _, p := range pages {
		c := call{route: p.route, request: func(scene) (string, string) { return p.path, "satisfaction=4" }}
		cell := w.send(t, c, scene{}, form)
		if again := w.send(t, c, scene{}, slices.Concat(form, w.signIns[livechat.RoleAdmin])); again != cell {
			t.Errorf("%s: %s if an administrator is signed in, else %s", p.route, again, cell)
		}
		table += row("`"+p.route+"`", p.about, cell)
	}
	return table
}

var form = []string{"Content-Type", "application/x-www-form-urlencoded"}
