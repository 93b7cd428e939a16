package api_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"livechat/shared/api"
	"livechat/shared/livechat"
)

// TestNobodyIsToldAVisitorsToken checks that only the visitor sees their token. A
// visitor to whom a room is moved must not see the previous visitor's token either.
func TestNobodyIsToldAVisitorsToken(t *testing.T) {
	c := newChat(t)
	const secret = "the-old-visitors-own-token"
	c.register(secret, "Zoe")
	c.rid = c.openRoom(secret).Room.ID
	for range 9 { // stored partly in the room's item, partly in items of their own
		member(t, c.do(c.message(`{"token":"`+secret+`","rid":"ROOM","msg":"hi"}`)))
	}
	newVisitor := c.openRoom("other").Room.Visitor.ID
	read(call(c.closing, http.MethodPost, "", `{"token":"other","rid":"`+c.openRoom("other").Room.ID+`"}`))
	for name, r := range map[string]request{
		"rooms":       c.list("boss", ""),
		"rooms, open": c.list("boss", `open=true&sort={"ts":-1}`),
		"messages":    c.roomMessages("user", ""),
		"answer":      c.postMessage("user", `{"roomId":"ROOM","text":"hello"}`),
		"take":        c.take("user", `{"inquiryId":"ROOM"}`),
	} {
		if w := c.do(r); w.Code != http.StatusOK || strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	member(t, c.do(c.message(`{"token":"`+secret+`","rid":"ROOM","msg":"the last"}`)))
	moved := c.do(request{handler: c.move, method: http.MethodPut, header: as("user"),
		body: `{"rid":"ROOM","visitorId":"` + newVisitor + `"}`})
	if moved.Code != http.StatusOK || strings.Contains(moved.Body.String(), secret) {
		t.Errorf("moved: %d %s", moved.Code, moved.Body)
	}
	for _, r := range []request{c.history("token=other"), c.config("token=other")} {
		if w := c.do(r); w.Code != http.StatusOK || strings.Contains(w.Body.String(), secret) {
			t.Errorf("the new visitor sees: %d %s", w.Code, w.Body)
		}
	}
	wantAnswer(t, c.do(c.history("token="+secret)), 400, refusal("invalid-room"))
}

// TestAgentsReadTheirOwnRooms checks that agents read their own and queued rooms, and
// others' only with the permission.
func TestAgentsReadTheirOwnRooms(t *testing.T) {
	c := newChat(t)
	for user, status := range map[string]int{"user": 200, "boss": 200, "ben": 400} {
		if w := c.do(c.roomMessages(user, "")); w.Code != status {
			t.Errorf("%s: %d %s", user, w.Code, w.Body)
		}
	}
	wantAnswer(t, c.do(c.roomMessages("ben", "")), 400, refusal("error-not-authorized"))
	c.set(t, "routingMethod", "manual")
	c.rid = c.openRoom("other").Room.ID
	if w := c.do(c.roomMessages("ben", "")); w.Code != http.StatusOK {
		t.Errorf("a queued room: %d %s", w.Code, w.Body)
	}
	read(call(c.closing, http.MethodPost, "", `{"token":"other","rid":"`+c.rid+`"}`))
	wantAnswer(t, c.do(c.roomMessages("ben", "")), 400, refusal("error-not-authorized"))
}

// TestManagerWhoAnswersServes checks that a manager who answers in a queued room serves
// it without being an agent.
func TestManagerWhoAnswersServes(t *testing.T) {
	c := newChat(t)
	c.set(t, "routingMethod", "manual")
	c.rid = c.openRoom("other").Room.ID
	member(t, c.do(c.postMessage("boss", `{"roomId":"ROOM","text":"hello"}`)))
	info := c.do(request{handler: api.AgentInfo(c.store), method: http.MethodGet, path: map[string]string{"rid": "ROOM", "token": "other"}})
	wantAnswer(t, info, 200, `{"success":true,"agent":{"_id":"boss","username":"boss","status":"not-available"}}`)
	if got := member(t, c.do(c.config("token=other")), "config", "agent", "username"); got != "boss" {
		t.Errorf("the widget shows the agent %v", got)
	}
}

// TestOddRequests sends what clients send by mistake.
func TestOddRequests(t *testing.T) {
	c := newChat(t)
	long := strings.Repeat("x", 3000)
	get := func(token, rid, id string) request {
		return c.byID(http.MethodGet, id, "token="+token+"&rid="+rid)
	}
	for name, tc := range map[string]struct {
		request
		want string
	}{
		"unknown token, no rid":       {get("nobody", "", "x"), "invalid-token"},
		"unknown token, long rid":     {get("nobody", long, "x"), "invalid-token"},
		"no rid":                      {get("token", "", "x"), "invalid-room"},
		"long rid":                    {get("token", long, "x"), "invalid-room"},
		"long id":                     {get("token", "ROOM", long), "invalid-message"},
		"no id":                       {get("token", "ROOM", ""), "invalid-message"},
		"message, empty token":        {c.message(`{"token":"","rid":"ROOM","msg":"hi"}`), "invalid-token"},
		"message, no rid":             {c.message(`{"token":"token","rid":"","msg":"hi"}`), "invalid-room"},
		"status of a non-agent":       {c.status("idle", `{"status":"available"}`), "invalid-agent"},
		"message, unknown, empty rid": {c.message(`{"token":"nobody","rid":"","msg":"hi"}`), "invalid-token"},
	} {
		t.Run(name, func(t *testing.T) { wantAnswer(t, c.do(tc.request), 400, refusal(tc.want)) })
	}
	for _, r := range []request{
		c.history("token=token&ls=undefined&end=undefined&limit=undefined&offset=undefined"),
		c.list("boss", "open=undefined&count=undefined"),
	} {
		if w := c.do(r); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", r.query, w.Code, w.Body)
		}
	}
	c.set(t, "acceptChatsWithNoAgents", "false")
	if got := member(t, c.do(c.config("department=undefined")), "config", "online"); got != true {
		t.Errorf("online is %v for an unknown department", got)
	}
}

// TestRoomIsNotForwardedToWhoGivesItAway checks that a room is queued rather than
// returned to the agent who forwards it.
func TestRoomIsNotForwardedToWhoGivesItAway(t *testing.T) {
	c := newChat(t)
	if err := c.store.AssignAgent(t.Context(), "user", "sales"); err != nil {
		t.Fatal(err)
	}
	member(t, c.do(c.forward("user", `{"roomId":"ROOM","departmentId":"sales"}`)), "success")
	if room, err := c.store.RoomByID(t.Context(), c.rid); err != nil || room.ServedBy != nil || room.DepartmentID != "sales" {
		t.Errorf("in %q, served by %+v (%v)", room.DepartmentID, room.ServedBy, err)
	}
}

// TestPageFitsIntoAnAnswer checks that even pages of the longest messages fit: Lambda
// returns 6 MB at most. The visitor and an agent find all messages page by page.
func TestPageFitsIntoAnAnswer(t *testing.T) {
	c := newChat(t)
	c.set(t, "limitKilobytesPerToken", "0")
	text := strings.Repeat("*<* ", livechat.MaxText/4)
	for range 60 {
		member(t, c.do(c.message(`{"token":"token","rid":"ROOM","msg":"`+text+`"}`)))
	}
	for name, page := range map[string]func(end string) request{
		"visitor": func(end string) request { return c.history("token=token&limit=100&end=" + end) },
		"agent":   func(end string) request { return c.roomMessages("user", "count=100&end="+end) },
	} {
		seen, end := map[any]bool{}, ""
		for pages := 0; ; pages++ {
			w := c.do(page(end))
			if w.Body.Len() > 3<<20 || pages > 30 {
				t.Fatalf("the %s's page %d has %d bytes", name, pages, w.Body.Len())
			}
			var answer struct {
				Messages []map[string]any
				End      string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
				t.Fatalf("%d %s (%v)", w.Code, w.Body, err)
			}
			for _, m := range answer.Messages {
				seen[m["_id"]] = true
			}
			if end = answer.End; end == "" {
				break
			}
		}
		if len(seen) != 62 {
			t.Errorf("the %s finds %d messages, want 60 and the two of the opening", name, len(seen))
		}
	}
}

// TestCustomFieldsHaveAnEnd checks the size limit of custom fields, which are stored in
// the room's item.
func TestCustomFieldsHaveAnEnd(t *testing.T) {
	c := newChat(t)
	var fields, values []string
	for i := range 4 {
		fields = append(fields, `{"key":"f`+strconv.Itoa(i)+`","scope":"room"}`)
		values = append(values, `{"key":"f`+strconv.Itoa(i)+`","value":"`+strings.Repeat("é", 200)+`","overwrite":true}`)
	}
	c.set(t, "customFields", "["+strings.Join(fields, ",")+"]")
	first := `{"token":"token","customFields":[` + strings.Join(values[:2], ",") + `]}`
	if w := c.fields("custom.fields", first); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	second := `{"token":"token","customFields":[` + strings.Join(values[2:], ",") + `]}`
	wantAnswer(t, c.fields("custom.fields", second), 400, refusal("Custom fields have 1024 bytes at most, all together [error-custom-fields-too-long]", "error-custom-fields-too-long"))
}

// TestAuditOfWhatAgentsWriteOfVisitors checks that changes of visitors are audited,
// because surveys go to the stored address.
func TestAuditOfWhatAgentsWriteOfVisitors(t *testing.T) {
	c := newChat(t)
	id := c.openRoom("token").Room.Visitor.ID
	member(t, c.do(c.saveInfo("user", `{"roomData":{"_id":"ROOM"},"guestData":{"_id":"`+id+`","email":"a@example.net"}}`)))
	entries, err := c.store.Audit(t.Context(), id)
	if err != nil || len(entries) != 1 || entries[0].UserID != "user" || entries[0].Action != livechat.AuditVisitorChanged {
		t.Errorf("%+v (%v)", entries, err)
	}
}
