package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/api"
	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
)

// chat has every handler of a conversation and its own table. The visitor "token" has an
// open room. The agents user and ben, the manager boss, and idle, who has no role, sign
// in with "secret".
type chat struct {
	service
	raw storetest.Raw
	rid string
	now time.Time
}

func newChat(t *testing.T) *chat {
	t.Helper()
	db, raw := storetest.NewWithClient(t)
	s := serviceOn(db)
	s.addUser(t, "user", livechat.RoleAgent)
	s.addUser(t, "ben", livechat.RoleAgent)
	s.addUser(t, "boss", livechat.RoleManager)
	s.addUser(t, "idle")
	if err := s.store.SetAgentStatus(t.Context(), "ben", livechat.NotAvailable); err != nil {
		t.Fatal(err)
	}
	for _, d := range []livechat.Department{
		{ID: "sales", Name: "Sales"}, {ID: "night", Name: "Night", Fallback: "day"}, {ID: "day", Name: "Day"},
	} {
		if err := s.store.AddDepartment(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	c := &chat{service: s, raw: raw, now: now}
	c.set(t, "customFields", `[{"key":"crm","label":"CRM id","scope":"visitor","regexp":"^[0-9]+$"},{"key":"order","scope":"room"}]`)
	c.register("token", "Mary")
	c.register("other", "Bob")
	c.rid = c.openRoom("token").Room.ID
	return c
}

func (s service) addUser(t *testing.T, id string, roles ...string) {
	t.Helper()
	err := s.store.CreateUser(t.Context(), livechat.User{ID: id, Username: id, Roles: roles, Active: true},
		livechat.AuthToken{UserID: id, Hash: livechat.HashToken("secret")})
	if err != nil {
		t.Fatal(err)
	}
}

// set changes a setting. It takes effect at once, because set replaces the store by one
// that has not cached any settings.
func (c *chat) set(t *testing.T, name, value string) {
	t.Helper()
	if err := c.store.SetSetting(t.Context(), name, "", value); err != nil {
		t.Fatal(err)
	}
	c.service = serviceOn(c.raw.Store(t))
}

// as returns the sign-in headers of a user.
func as(user string) []string { return []string{"X-User-Id", user, "X-Auth-Token", "secret"} }

// request is one call. ROOM in its texts is replaced by the room's id.
type request struct {
	handler     http.Handler
	method      string
	path        map[string]string
	query, body string
	header      []string
}

func (c *chat) do(r request) *httptest.ResponseRecorder {
	in := strings.NewReplacer("ROOM", c.rid)
	q := httptest.NewRequest(r.method, "/", strings.NewReader(in.Replace(r.body)))
	q.URL.RawQuery = in.Replace(r.query)
	for name, value := range r.path {
		q.SetPathValue(name, in.Replace(value))
	}
	for i := 0; i+1 < len(r.header); i += 2 {
		q.Header.Set(r.header[i], r.header[i+1])
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, q.WithContext(httpapi.WithTime(q.Context(), c.now)))
	return w
}

func (c *chat) message(body string) request {
	return request{handler: api.Message(c.store, livechat.NewID), method: http.MethodPost, body: body}
}

func (c *chat) history(query string) request {
	return request{handler: api.MessagesHistory(c.store), method: http.MethodGet, path: map[string]string{"rid": "ROOM"}, query: query}
}

func (c *chat) postMessage(user, body string) request {
	return request{handler: api.ChatPostMessage(c.store, livechat.NewID), method: http.MethodPost, body: body, header: as(user)}
}

func (c *chat) forward(user, body string) request {
	return request{handler: api.RoomForward(c.store, livechat.NewID), method: http.MethodPost, body: body, header: as(user)}
}

func (c *chat) take(user, body string) request {
	return request{handler: api.InquiriesTake(c.store, livechat.NewID), method: http.MethodPost, body: body, header: as(user)}
}

func (c *chat) list(user, query string) request {
	return request{handler: api.ListRooms(c.store), method: http.MethodGet, query: query, header: as(user)}
}

func (c *chat) status(user, body string) request {
	return request{handler: api.AgentStatus(c.store), method: http.MethodPost, body: body, header: as(user)}
}

func (c *chat) saveInfo(user, body string) request {
	return request{handler: api.RoomSaveInfo(c.store, livechat.NewID), method: http.MethodPost, body: body, header: as(user)}
}

func (c *chat) roomMessages(user, query string) request {
	return request{handler: api.RoomMessages(c.store), method: http.MethodGet, path: map[string]string{"rid": "ROOM"}, query: query, header: as(user)}
}

// byID calls one of the three endpoints for a single message.
func (c *chat) byID(method, id, said string) request {
	r := request{method: method, path: map[string]string{"_id": id}}
	switch method {
	case http.MethodGet:
		r.handler, r.query = api.MessageGet(c.store), said
	case http.MethodPut:
		r.handler, r.body = api.MessageUpdate(c.store), said
	case http.MethodDelete:
		r.handler, r.body = api.MessageDelete(c.store), said
	}
	return r
}

func (c *chat) config(query string, header ...string) request {
	return request{handler: api.Config(c.store), method: http.MethodGet, query: query, header: header}
}

// fields calls one of the two endpoints for custom fields.
func (c *chat) fields(path, body string) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodPost, "/api/v1/livechat/"+path, strings.NewReader(body))
	w := httptest.NewRecorder()
	api.CustomField(c.store).ServeHTTP(w, q.WithContext(httpapi.WithTime(q.Context(), c.now)))
	return w
}

func member(t *testing.T, w *httptest.ResponseRecorder, path ...string) any {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	var value any
	if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
		t.Fatalf("not JSON: %s", w.Body)
	}
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("member %v is missing in %s", path, w.Body)
		}
		value = object[name]
	}
	return value
}

func (c *chat) closeRoom(t *testing.T) {
	t.Helper()
	if a := c.close("token", c.rid); a.Status != 200 {
		t.Fatalf("close: %d %s", a.Status, a.Error)
	}
}

func params(text string) string { return refusal(text+" [invalid-params]", "invalid-params") }

const tooLong = "must NOT have more than 5000 characters"

// TestConversationRefusals checks refusals and their precedence: a missing sign-in, an
// invalid request, a missing permission, then the call's own errors.
func TestConversationRefusals(t *testing.T) {
	c := newChat(t)
	long := strings.Repeat("é", 5001)
	mine := `{"token":"token","rid":"ROOM","msg":"hi","_id":"mine"}`
	if w := c.do(c.message(mine)); w.Code != 200 {
		t.Fatalf("message: %s", w.Body)
	}
	own, text := `"token":"token","rid":"ROOM"`, `{"token":"token","rid":"ROOM","msg":"hi"}`
	match := func(s string) string { return refusal("Match error: " + s) }
	get, put, del := http.MethodGet, http.MethodPut, http.MethodDelete
	for name, tc := range map[string]struct {
		request
		status int
		want   string
	}{
		"message, nothing":            {c.message(`{}`), 400, params("must have required property 'token'")},
		"message, no rid":             {c.message(`{"token":"t"}`), 400, params("must have required property 'rid'")},
		"message, no msg":             {c.message(`{"token":"t","rid":"r"}`), 400, params("must have required property 'msg'")},
		"message, empty":              {c.message(`{` + own + `,"msg":""}`), 400, params("must NOT have fewer than 1 characters")},
		"message, too long":           {c.message(`{` + own + `,"msg":"` + long + `"}`), 400, params(tooLong)},
		"message, unknown token":      {c.message(`{"token":"nobody","rid":"ROOM","msg":"hi"}`), 400, refusal("invalid-token")},
		"message, unknown room":       {c.message(`{"token":"token","rid":"what","msg":"hi"}`), 400, refusal("invalid-room")},
		"message, foreign room":       {c.message(`{"token":"other","rid":"ROOM","msg":"hi"}`), 400, refusal("invalid-room")},
		"get, no rid":                 {c.byID(get, "mine", "token=token"), 400, match("Missing key 'rid'")},
		"get, unknown token":          {c.byID(get, "mine", "token=nobody&rid=ROOM"), 400, refusal("invalid-token")},
		"get, foreign room":           {c.byID(get, "mine", "token=other&rid=ROOM"), 400, refusal("invalid-room")},
		"get, unknown message":        {c.byID(get, "what", "token=token&rid=ROOM"), 400, refusal("invalid-message")},
		"update, no msg":              {c.byID(put, "mine", `{`+own+`}`), 400, params("must have required property 'msg'")},
		"update, unknown message":     {c.byID(put, "what", text), 400, refusal("invalid-message")},
		"update, too long":            {c.byID(put, "mine", `{`+own+`,"msg":"`+long+`"}`), 400, params(tooLong)},
		"delete, no body":             {c.byID(del, "mine", ``), 400, refusal("Invalid JSON: empty body [invalid-json]", "invalid-json")},
		"delete, unknown message":     {c.byID(del, "what", `{`+own+`}`), 400, refusal("invalid-message")},
		"delete, unknown token":       {c.byID(del, "mine", `{"token":"nobody","rid":"ROOM"}`), 400, refusal("invalid-token")},
		"history, no token":           {c.history("limit=5"), 400, refusal("error-token-param-not-provided")},
		"history, unknown key":        {c.history("token=token&foo=1"), 400, match("Unknown key in field foo")},
		"history, unknown token":      {c.history("token=nobody"), 400, refusal("invalid-token")},
		"history, foreign room":       {c.history("token=other"), 400, refusal("invalid-room")},
		"history, limit is a word":    {c.history("token=token&limit=x"), 400, match("Expected number, got string in field limit")},
		"history, negative offset":    {c.history("token=token&offset=-1"), 400, match("Expected number, got string in field offset")},
		"history, offset too far":     {c.history("token=token&offset=201"), 400, match("Expected a number up to 200 in field offset; go on with end, with the ts of the oldest message")},
		"history, end is not a time":  {c.history("token=token&end=x"), 400, match("Expected date, got string in field end")},
		"answer, not signed in":       {request{handler: api.ChatPostMessage(c.store, newID), method: "POST", body: `{}`}, 401, notSignedIn},
		"answer, nothing":             {c.postMessage("user", `{}`), 400, params("must have required property 'roomId'")},
		"answer, no role":             {c.postMessage("idle", `{"roomId":"ROOM","text":"hi"}`), 403, notAllowed},
		"answer, unknown room":        {c.postMessage("user", `{"roomId":"what","text":"hi"}`), 400, refusal("invalid-channel")},
		"answer, another's room":      {c.postMessage("ben", `{"roomId":"ROOM","text":"hi"}`), 400, refusal("error-not-authorized")},
		"status, wrong word":          {c.status("user", `{"status":"online"}`), 400, params("must be equal to one of the allowed values")},
		"status, another's":           {c.status("user", `{"status":"available","agentId":"ben"}`), 403, notAllowed},
		"status, unknown agent":       {c.status("boss", `{"status":"available","agentId":"what"}`), 400, refusal("invalid-agent")},
		"status, caller not an agent": {c.status("boss", `{"status":"available"}`), 400, refusal("invalid-agent")},
		"rooms, not signed in":        {request{handler: api.ListRooms(c.store), method: "GET", query: "foo=1"}, 401, notSignedIn},
		"rooms, no role":              {c.list("idle", ""), 403, refusal("unauthorized")},
		"rooms, unknown key":          {c.list("boss", "foo=1"), 400, match("Unknown key in field foo")},
		"rooms, open is a word":       {c.list("boss", "open=maybe"), 400, match("Expected boolean, got string in field open")},
		"rooms, not a period":         {c.list("boss", "closedAt=1"), 400, match(`Expected {"start","end"} with dates, got something else in field closedAt`)},
		"rooms, empty period":         {c.list("boss", `closedAt={}`), 400, match(`Expected {"start","end"} with dates, got something else in field closedAt`)},
		"rooms, misspelt period":      {c.list("boss", `closedAt={"from":"2026-11-01"}`), 400, match(`Expected {"start","end"} with dates, got something else in field closedAt`)},
		"rooms, invalid sort order":   {c.list("boss", `sort={"ts":2}`), 400, match("Expected 1 or -1 for a field in field sort")},
		"rooms, invalid cursor":       {c.list("boss", `cursor=5`), 400, match("Expected the cursor of an earlier answer in field cursor")},
		"rooms, offset too far":       {c.list("boss", `offset=1001`), 400, match("Expected a number up to 1000 in field offset; go on with cursor, or with createdAt or closedAt")},
		"messages, not signed in":     {request{handler: api.RoomMessages(c.store), method: "GET"}, 401, notSignedIn},
		"messages, no role":           {c.roomMessages("idle", ""), 403, notAllowed},
		"messages, count is a word":   {c.roomMessages("user", "count=x"), 400, match("Expected number, got string in field count")},
		"take, unknown":               {c.take("user", `{"inquiryId":"what"}`), 400, refusal("error-inquiry-not-found")},
		"take, by a non-agent":        {c.take("boss", `{"inquiryId":"ROOM"}`), 400, refusal("error-inquiry-taken")},
		"take, another's room":        {c.take("boss", `{"inquiryId":"ROOM","userId":"ben"}`), 400, refusal("error-inquiry-taken")},
		"take, for another":           {c.take("user", `{"inquiryId":"ROOM","userId":"ben"}`), 403, notAllowed},
		"forward, nowhere":            {c.forward("user", `{"roomId":"ROOM"}`), 400, params("must have required property 'userId'")},
		"forward, both":               {c.forward("user", `{"roomId":"ROOM","userId":"ben","departmentId":"sales"}`), 400, params("must NOT have additional properties")},
		"forward, unknown room":       {c.forward("user", `{"roomId":"what","userId":"ben"}`), 400, refusal("error-invalid-room")},
		"forward, another's room":     {c.forward("ben", `{"roomId":"ROOM","userId":"ben"}`), 400, refusal("error-not-authorized")},
		"forward, to unknown agent":   {c.forward("user", `{"roomId":"ROOM","userId":"what"}`), 400, refusal("invalid-agent")},
		"forward, to oneself":         {c.forward("user", `{"roomId":"ROOM","userId":"user"}`), 400, refusal("error-selected-agent-room-agent-are-same")},
		"forward, to agent away":      {c.forward("user", `{"roomId":"ROOM","userId":"ben"}`), 400, refusal("error-user-is-offline")},
		"forward, unknown department": {c.forward("user", `{"roomId":"ROOM","departmentId":"what"}`), 400, refusal("error-invalid-department")},
		"info, nothing":               {c.saveInfo("user", `{}`), 400, params("must have required property 'roomData'")},
		"info, unknown room":          {c.saveInfo("user", `{"roomData":{"_id":"what"}}`), 400, refusal("error-invalid-room")},
		"info, another's room":        {c.saveInfo("ben", `{"roomData":{"_id":"ROOM","topic":"x"}}`), 400, refusal("error-not-authorized")},
		"info, another visitor":       {c.saveInfo("user", `{"roomData":{"_id":"ROOM","topic":"x"},"guestData":{"_id":"what"}}`), 400, refusal("invalid-room-visitor")},
		"config, unknown key":         {c.config("foo=1"), 400, match("Unknown key in field foo")},
	} {
		t.Run(name, func(t *testing.T) { wantAnswer(t, c.do(tc.request), tc.status, tc.want) })
	}
}

// TestClosedRoomIsReadAndNotWritten checks that a closed room's messages can be read,
// but that no call can change them.
func TestClosedRoomIsReadAndNotWritten(t *testing.T) {
	c := newChat(t)
	member(t, c.do(c.message(`{"token":"token","rid":"ROOM","msg":"hi","_id":"mine"}`)))
	c.closeRoom(t)
	own := `{"token":"token","rid":"ROOM"}`
	for name, tc := range map[string]struct {
		request
		want string
	}{
		"message": {c.message(`{"token":"token","rid":"ROOM","msg":"more"}`), "room-closed"},
		"update":  {c.byID(http.MethodPut, "mine", `{"token":"token","rid":"ROOM","msg":"other"}`), "room-closed"},
		"delete":  {c.byID(http.MethodDelete, "mine", own), "room-closed"},
		"answer":  {c.postMessage("user", `{"roomId":"ROOM","text":"hi"}`), "room-closed"},
		"forward": {c.forward("user", `{"roomId":"ROOM","userId":"ben"}`), "room-closed"},
		"take":    {c.take("user", `{"inquiryId":"ROOM"}`), "error-inquiry-not-found"},
	} {
		t.Run(name, func(t *testing.T) { wantAnswer(t, c.do(tc.request), 400, refusal(tc.want)) })
	}
	if got := member(t, c.do(c.byID(http.MethodGet, "mine", "token=token&rid=ROOM")), "message", "msg"); got != "hi" {
		t.Errorf("the message is %v", got)
	}
	again := c.do(c.message(`{"token":"token","rid":"ROOM","msg":"changed","_id":"mine"}`))
	if got := member(t, again, "message", "msg"); got != "hi" {
		t.Errorf("a repeated call is answered with %v", got)
	}
	if messages := member(t, c.do(c.history("token=token")), "messages").([]any); len(messages) != 4 {
		t.Errorf("%d messages, want started, joined, the text and closed", len(messages))
	}
}

func TestMessageIsAsSent(t *testing.T) {
	c := newChat(t)
	c.now = now.Add(time.Minute)
	w := c.do(c.message(`{"token":"token","rid":"ROOM","msg":"<b>*hi*</b> ","_id":"mine","agent":{"agentId":"user","username":"user"}}`))
	visitor := c.openRoom("token").Room.Visitor
	u := fmt.Sprintf(`{"_id":%q,"username":"guest-1","name":"Mary"}`, visitor.ID)
	said := `"_id":"mine","rid":"` + c.rid + `","token":"token","alias":"Mary","ts":"2026-11-01T09:31:00.123Z","u":` + u + `,"urls":[],"mentions":[],"channels":[]`
	wantAnswer(t, w, 200, `{"success":true,"message":{`+said+`,"msg":"<b>*hi*</b> ","_updatedAt":"2026-11-01T09:31:00.123Z",
		"md":[{"type":"PARAGRAPH","value":[{"type":"PLAIN_TEXT","value":"<b>"},{"type":"BOLD","value":[{"type":"PLAIN_TEXT","value":"hi"}]},{"type":"PLAIN_TEXT","value":"</b> "}]}]}}`)

	c.now = now.Add(2 * time.Minute)
	w = c.do(c.byID(http.MethodPut, "mine", `{"token":"token","rid":"ROOM","msg":"bye"}`))
	wantAnswer(t, w, 200, `{"success":true,"message":{`+said+`,"msg":"bye","_updatedAt":"2026-11-01T09:32:00.123Z","editedAt":"2026-11-01T09:32:00.123Z",
		"editedBy":{"_id":"`+visitor.ID+`","username":"guest-1"},"md":[{"type":"PARAGRAPH","value":[{"type":"PLAIN_TEXT","value":"bye"}]}]}}`)
	shown := c.do(c.byID(http.MethodGet, "mine", "token=token&rid=ROOM"))
	if diff := cmp.Diff(w.Body.String(), shown.Body.String()); diff != "" {
		t.Errorf("the message differs from the update's answer:\n%s", diff)
	}

	w = c.do(c.byID(http.MethodDelete, "mine", `{"token":"token","rid":"ROOM"}`))
	wantAnswer(t, w, 200, `{"success":true,"message":{"_id":"mine","ts":"2026-11-01T09:32:00.123Z"}}`)
	wantAnswer(t, c.do(c.byID(http.MethodGet, "mine", "token=token&rid=ROOM")), 400, refusal("invalid-message"))
	wantAnswer(t, c.do(c.message(`{"token":"token","rid":"ROOM","msg":"hi","_id":"mine"}`)), 400, refusal("invalid-message"))
}

func TestMessageLongerThanTheSettingIsRefused(t *testing.T) {
	c := newChat(t)
	c.set(t, "limitTextLength", "3")
	member(t, c.do(c.message(`{"token":"token","rid":"ROOM","msg":"äöü","_id":"mine"}`)))
	long := refusal("message-length-exceeds-character-limit")
	wantAnswer(t, c.do(c.message(`{"token":"token","rid":"ROOM","msg":"äöü!"}`)), 400, long)
	wantAnswer(t, c.do(c.byID(http.MethodPut, "mine", `{"token":"token","rid":"ROOM","msg":"äöü!"}`)), 400, long)
}

func TestAgentsMessage(t *testing.T) {
	c := newChat(t)
	w := c.do(c.postMessage("user", `{"roomId":"ROOM","text":"Yes?"}`))
	id, _ := member(t, w, "message", "_id").(string)
	wantAnswer(t, w, 200, `{"success":true,"ts":"2026-11-01T09:30:00.125Z","channel":"`+c.rid+`","message":{"_id":"`+id+`","rid":"`+c.rid+`","msg":"Yes?",
		"ts":"2026-11-01T09:30:00.125Z","_updatedAt":"2026-11-01T09:30:00.125Z","u":{"_id":"user","username":"user"},"urls":[],"mentions":[],"channels":[],
		"md":[{"type":"PARAGRAPH","value":[{"type":"PLAIN_TEXT","value":"Yes?"}]}]}}`)
	// A visitor cannot change the message or reuse its id.
	wantAnswer(t, c.do(c.byID(http.MethodPut, id, `{"token":"token","rid":"ROOM","msg":"No"}`)), 400, refusal("invalid-message"))
	wantAnswer(t, c.do(c.byID(http.MethodDelete, id, `{"token":"token","rid":"ROOM"}`)), 400, refusal("invalid-message"))
	wantAnswer(t, c.do(c.message(`{"token":"token","rid":"ROOM","msg":"hi","_id":"`+id+`"}`)), 400, refusal("invalid-message"))
	// A manager may write in any room without taking it over.
	member(t, c.do(c.postMessage("boss", `{"roomId":"ROOM","text":"I help"}`)))
	if served := c.openRoom("token").Room.ServedBy; served.ID != "user" {
		t.Errorf("served by %+v", served)
	}
}

// TestQueue checks that a queued room is listed and taken once, and that it counts in
// its agent's load.
func TestQueue(t *testing.T) {
	c := newChat(t)
	away := func(user, status string) { member(t, c.do(c.status(user, `{"status":"`+status+`"}`)), "status") }
	away("user", "not-available")
	c.register("late", "Zoe")
	waiting := c.openRoom("late").Room
	if waiting.ServedBy.ID != "" {
		t.Fatalf("served by %+v", waiting.ServedBy)
	}
	queue := c.do(c.list("ben", "queued=true"))
	if rooms := member(t, queue, "rooms").([]any); len(rooms) != 1 || strings.Contains(queue.Body.String(), `"token"`) {
		t.Errorf("the queue is %s", queue.Body)
	}
	take := `{"inquiryId":"` + waiting.ID + `"}`
	wantAnswer(t, c.do(c.take("ben", take)), 400, refusal("Agent status is offline or Omnichannel service is not active [error-agent-status-service-offline]", "error-agent-status-service-offline"))
	wantAnswer(t, c.do(c.take("boss", take)), 400, refusal("invalid-agent"))
	away("ben", "available")
	visitor := `{"_id":"` + waiting.Visitor.ID + `","username":"` + waiting.Visitor.Username + `","status":"online"}`
	wantAnswer(t, c.do(c.take("ben", take)), 200, `{"success":true,"inquiry":{"_id":"`+waiting.ID+`","rid":"`+waiting.ID+`","name":"Zoe","ts":"`+nowText+`",
		"status":"taken","v":`+visitor+`,"agent":{"agentId":"ben","username":"ben"}}}`)
	member(t, c.do(c.take("ben", take)), "inquiry") // a second time changes nothing
	wantLoads(t, c.store, map[string]int{"user": 1, "ben": 1})
	if rooms := member(t, c.do(c.list("ben", "")), "rooms").([]any); len(rooms) != 1 {
		t.Errorf("ben's rooms are %v", rooms)
	}
	if rooms := member(t, c.do(c.list("boss", "open=true")), "rooms").([]any); len(rooms) != 2 {
		t.Errorf("all rooms are %v", rooms)
	}
}

func wantLoads(t *testing.T, s *store.Store, want map[string]int) {
	t.Helper()
	agents, err := s.AgentsWithLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range agents {
		if a.OpenRooms != want[a.ID] {
			t.Errorf("%s has a load of %d, want %d", a.ID, a.OpenRooms, want[a.ID])
		}
	}
}

// TestClosedRoomsAreListedByMonth checks periods of closed rooms, including very distant
// ones.
func TestClosedRoomsAreListedByMonth(t *testing.T) {
	c := newChat(t)
	c.closeRoom(t)
	for query, want := range map[string]int{
		`open=false`: 1,
		`closedAt={"start":"0668-06-22T11:41:59.000Z","end":"2496-04-16T18:59:58.037Z"}`: 1,
		`closedAt={"start":"2026-10-31T00:00:00Z"}`:                                      1,
		`closedAt={"end":"2026-10-31T00:00:00Z"}`:                                        0,
		`closedAt={"start":"2026-11-01","end":"2026-11-02"}`:                             1,
		`closedAt={"start":"2496-04-16T18:59:58.037Z"}`:                                  0,
		`open=true`: 0,
	} {
		if rooms := member(t, c.do(c.list("boss", query)), "rooms").([]any); len(rooms) != want {
			t.Errorf("%s has %d rooms, want %d", query, len(rooms), want)
		}
	}
}

// TestAnswerTakesAWaitingRoom checks that the first agent to write in a queued room
// takes it.
func TestAnswerTakesAWaitingRoom(t *testing.T) {
	c := newChat(t)
	c.set(t, "routingMethod", "manual")
	c.register("late", "Zoe")
	waiting := c.openRoom("late").Room
	member(t, c.do(c.postMessage("ben", `{"roomId":"`+waiting.ID+`","text":"Hello"}`)))
	wantAnswer(t, c.do(c.postMessage("user", `{"roomId":"`+waiting.ID+`","text":"Hello"}`)), 400, refusal("error-not-authorized"))
	wantLoads(t, c.store, map[string]int{"user": 1, "ben": 1})
	if got := c.openRoom("late").Room.ServedBy.ID; got != "ben" {
		t.Errorf("served by %s", got)
	}
}

func TestForward(t *testing.T) {
	c := newChat(t)
	member(t, c.do(c.status("ben", `{"status":"available"}`)), "status")
	wantAnswer(t, c.do(c.forward("user", `{"roomId":"ROOM","userId":"ben","comment":"yours","clientAction":true}`)), 200, `{"success":true}`)
	wantLoads(t, c.store, map[string]int{"ben": 1})
	// In a department without agents, the room is queued.
	wantAnswer(t, c.do(c.forward("ben", `{"roomId":"ROOM","departmentId":"sales"}`)), 200, `{"success":true}`)
	wantLoads(t, c.store, nil)
	if room, err := c.store.RoomByID(t.Context(), c.rid); err != nil || room.DepartmentID != "sales" || room.ServedBy != nil {
		t.Errorf("the room is in %q, served by %+v (%v)", room.DepartmentID, room.ServedBy, err)
	}
	wantAnswer(t, c.do(c.forward("boss", `{"roomId":"ROOM","departmentId":"sales"}`)), 400, refusal("error-forwarding-chat-same-department"))
	// Nobody is online in "night", but its fallback has an agent.
	if err := c.store.AssignAgent(t.Context(), "user", "day"); err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, c.do(c.forward("boss", `{"roomId":"ROOM","departmentId":"night"}`)), 200, `{"success":true}`)
	if room, err := c.store.RoomByID(t.Context(), c.rid); err != nil || room.DepartmentID != "day" || !room.ServedByUser("user") {
		t.Errorf("the room is in %q, served by %+v (%v)", room.DepartmentID, room.ServedBy, err)
	}
	var types []string
	for _, m := range member(t, c.do(c.roomMessages("boss", "")), "messages").([]any) {
		types = append(types, m.(map[string]any)["t"].(string))
	}
	want := []string{"uj", "livechat_transfer_history", "ul", "livechat_transfer_history", "uj", "ul", "livechat_transfer_history", "uj", "livechat-started"}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Errorf("messages, latest first (-want +got):\n%s", diff)
	}
}

// TestNobodyOnlineWhereRoomsMayNotWait checks that a room is not forwarded to a
// department without online agents if rooms may not be queued.
func TestNobodyOnlineWhereRoomsMayNotWait(t *testing.T) {
	c := newChat(t)
	c.set(t, "acceptChatsWithNoAgents", "false")
	wantAnswer(t, c.do(c.forward("user", `{"roomId":"ROOM","departmentId":"sales"}`)), 400, refusal("error-no-agents-online-in-department"))
	if got := member(t, c.do(c.config("department=Sales")), "config", "online"); got != false {
		t.Errorf("online in sales: %v", got)
	}
	if got := member(t, c.do(c.config("")), "config", "online"); got != true {
		t.Errorf("online: %v", got)
	}
}

func TestSaveInfo(t *testing.T) {
	c := newChat(t)
	visitor := c.openRoom("token").Room.Visitor.ID
	wantAnswer(t, c.do(c.saveInfo("user", `{"roomData":{"_id":"ROOM","topic":"Bill","tags":["a","b"]},"guestData":{"_id":"`+visitor+`"}}`)), 200, `{"success":true}`)
	wantAnswer(t, c.do(c.saveInfo("boss", `{"roomData":{"_id":"ROOM","tags":[]}}`)), 200, `{"success":true}`)
	room, err := c.store.RoomByID(t.Context(), c.rid)
	if err != nil || room.Topic != "Bill" || len(room.Tags) != 0 {
		t.Errorf("topic %q, tags %v (%v)", room.Topic, room.Tags, err)
	}
}

// TestSaveInfoOfTheVisitor checks that an agent can describe the visitor, and that
// undefined custom fields are ignored.
func TestSaveInfoOfTheVisitor(t *testing.T) {
	c := newChat(t)
	id := c.openRoom("token").Room.Visitor.ID
	guest := func(members string) string {
		return `{"roomData":{"_id":"ROOM","livechatData":{"order":"9","crm":"8","what":"7"}},"guestData":{"_id":"` + id + `",` + members + `}}`
	}
	wantAnswer(t, c.do(c.saveInfo("user", guest(`"name":"Mary Ann","email":" Mary@Example.net","phone":"1","livechatData":{"crm":"5","order":"6","what":"7"}`))), 200, `{"success":true}`)
	v, room, err := c.store.VisitorByToken(t.Context(), "token")
	if err != nil || v.Name != "Mary Ann" || v.Emails[0].Address != "mary@example.net" || v.Phone[0].Number != "1" || v.CustomData["crm"] != "5" || len(v.CustomData) != 1 {
		t.Errorf("the visitor is %+v (%v)", v, err)
	}
	if room.Name != "Mary Ann" || room.CustomFields["order"] != "9" || len(room.CustomFields) != 1 {
		t.Errorf("the room is %q, with %v", room.Name, room.CustomFields)
	}
	wantAnswer(t, c.do(c.saveInfo("user", guest(`"email":"what"`))), 400, refusal("Invalid email what [error-invalid-email]"))
	wantAnswer(t, c.do(c.saveInfo("user", guest(`"livechatData":{"crm":"x"}`))), 400, refusal("Invalid value for CRM id field [error-invalid-custom-field-value]"))
	wantAnswer(t, c.do(c.saveInfo("user", guest(`"livechatData":[]`))), 400, params("must be object"))
}

func TestVisitorStatus(t *testing.T) {
	c := newChat(t)
	r := request{handler: api.VisitorStatus(c.store), method: http.MethodPost, body: `{"token":"token","status":"away"}`}
	wantAnswer(t, c.do(r), 200, `{"success":true,"token":"token","status":"away"}`)
	v, room, err := c.store.VisitorByToken(t.Context(), "token")
	if err != nil || v.Status != "away" || room.Visitor.Status != "away" {
		t.Errorf("the visitor is %s, in the room %s (%v)", v.Status, room.Visitor.Status, err)
	}
	r.body = `{"token":"other","status":"offline"}` // a visitor without a room
	wantAnswer(t, c.do(r), 200, `{"success":true,"token":"other","status":"offline"}`)
	r.body = `{"token":"nobody","status":"online"}`
	wantAnswer(t, c.do(r), 400, refusal("invalid-token"))
	r.body = `{"token":"token","status":"gone"}`
	wantAnswer(t, c.do(r), 400, params("must be equal to one of the allowed values"))
}

func TestPageVisited(t *testing.T) {
	c := newChat(t)
	visit := func(token, change string) *httptest.ResponseRecorder {
		return c.do(request{handler: api.PageVisited(c.store, livechat.NewID), method: http.MethodPost,
			body: `{"token":"` + token + `","pageInfo":{"change":"` + change + `","title":"Prices","location":{"href":"https://a.example/p","host":"a.example"}}}`})
	}
	wantAnswer(t, visit("token", "url"), 200, `{"success":true,"page":{"msg":"Prices - https://a.example/p","navigation":{"token":"token",
		"page":{"change":"url","title":"Prices","location":{"href":"https://a.example/p"}}}}}`)
	for _, not := range [][2]string{{"token", "title"}, {"other", "url"}, {"nobody", "url"}} {
		wantAnswer(t, visit(not[0], not[1]), 200, `{"success":true}`)
	}
	latest := member(t, c.do(c.history("token=token&limit=1")), "messages").([]any)[0].(map[string]any)
	if latest["t"] != "livechat_navigation_history" || latest["token"] != nil {
		t.Errorf("the latest message is %v", latest)
	}
}

func TestCustomFields(t *testing.T) {
	c := newChat(t)
	wantAnswer(t, c.fields("custom.field", `{"token":"token","key":"crm","value":"7","overwrite":true}`), 200,
		`{"success":true,"field":{"key":"crm","value":"7","overwrite":true}}`)
	wantAnswer(t, c.fields("custom.fields", `{"token":"token","customFields":[{"key":"crm","value":"8","overwrite":false},{"key":"order","value":"9","overwrite":true}]}`), 200,
		`{"success":true,"fields":[{"key":"crm","value":"8","overwrite":false},{"key":"order","value":"9","overwrite":true}]}`)
	v, room, err := c.store.VisitorByToken(t.Context(), "token")
	if err != nil || v.CustomData["crm"] != "7" || room.CustomFields["order"] != "9" {
		t.Errorf("visitor %v, room %v (%v)", v.CustomData, room.CustomFields, err)
	}
	wantAnswer(t, c.fields("custom.field", `{"token":"nobody","key":"crm","value":"7","overwrite":true}`), 400, refusal("invalid-token"))
	wantAnswer(t, c.fields("custom.field", `{"token":"token","key":"what","value":"7","overwrite":true}`), 400, refusal("invalid-custom-field"))
	wantAnswer(t, c.fields("custom.field", `{"token":"token","key":"crm","value":"x","overwrite":true}`), 400, refusal("Invalid value for CRM id field [error-invalid-custom-field-value]"))
	wantAnswer(t, c.fields("custom.fields", `{"token":"token","customFields":[{"key":"order","value":"10","overwrite":true},{"key":"what","value":"7","overwrite":true}]}`), 400, refusal("invalid-custom-field"))
	if _, room, err := c.store.VisitorByToken(t.Context(), "token"); err != nil || room.CustomFields["order"] != "9" {
		t.Errorf("one field was refused, but another was set: %v (%v)", room.CustomFields, err)
	}
}

func TestAgentInfo(t *testing.T) {
	c := newChat(t)
	info := func(token, rid string) *httptest.ResponseRecorder {
		return c.do(request{handler: api.AgentInfo(c.store), method: http.MethodGet, path: map[string]string{"rid": rid, "token": token}})
	}
	wantAnswer(t, info("token", "ROOM"), 200, `{"success":true,"agent":{"_id":"user","username":"user","status":"available"}}`)
	wantAnswer(t, info("nobody", "ROOM"), 400, refusal("invalid-token"))
	wantAnswer(t, info("other", "ROOM"), 400, refusal("invalid-room"))
	c.set(t, "routingMethod", "manual")
	wantAnswer(t, info("other", c.openRoom("other").Room.ID), 400, refusal("invalid-agent"))
}

func TestConfig(t *testing.T) {
	c := newChat(t)
	known := c.do(c.config("token=token"))
	if got := member(t, known, "config", "room", "_id"); got != c.rid {
		t.Errorf("room %v", got)
	}
	if got := member(t, known, "config", "agent", "username"); got != "user" {
		t.Errorf("agent %v", got)
	}
	if got := member(t, known, "config", "guest", "token"); got != "token" {
		t.Errorf("guest %v", got)
	}
	unknown := c.do(c.config("token=undefined&department="))
	for _, absent := range []string{"guest", "room", "agent"} {
		if got := member(t, unknown, "config", absent); got != nil {
			t.Errorf("an unknown visitor has the %s %v", absent, got)
		}
	}
	// The widget cannot do without these.
	if got := len(member(t, unknown, "config", "departments").([]any)); got != 3 {
		t.Errorf("%d departments", got)
	}
	if got := member(t, unknown, "config", "settings", "limitTextLength"); got != false {
		t.Errorf("limitTextLength %v", got)
	}
	tag := unknown.Header().Get("ETag")
	same := c.do(c.config("token=undefined", "If-None-Match", tag))
	if same.Code != http.StatusNotModified || same.Body.Len() != 0 || same.Header().Get("ETag") != tag {
		t.Errorf("%d %s, tag %s of %s", same.Code, same.Body, same.Header().Get("ETag"), tag)
	}
	for _, named := range []string{"*", `"other", ` + tag, "W/" + tag} {
		if w := c.do(c.config("token=undefined", "If-None-Match", named)); w.Code != http.StatusNotModified {
			t.Errorf("If-None-Match %s is answered with %d", named, w.Code)
		}
	}
	if other := c.do(c.config("token=token", "If-None-Match", tag)); other.Code != http.StatusOK {
		t.Errorf("another visitor's tag is answered with %d", other.Code)
	}
}

func TestConfigWhileSwitchedOff(t *testing.T) {
	db, raw := storetest.NewWithClient(t)
	c := &chat{service: serviceOn(db), raw: raw, now: now}
	c.set(t, "livechatEnabled", "false")
	wantAnswer(t, c.do(c.config("token=x")), 200, `{"success":true,"config":{"enabled":false}}`)
}

// TestRoomOfADepartmentGoesToItsFallback checks the case that nobody is online in the
// department.
func TestRoomOfADepartmentGoesToItsFallback(t *testing.T) {
	c := newChat(t)
	if err := c.store.AssignAgent(t.Context(), "user", "day"); err != nil {
		t.Fatal(err)
	}
	read(call(c.visitor, http.MethodPost, "", `{"visitor":{"token":"late","department":"Night"}}`))
	late := c.openRoom("late")
	room, err := c.store.RoomByID(t.Context(), late.Room.ID)
	if err != nil || room.DepartmentID != "day" || !room.ServedByUser("user") {
		t.Errorf("the room is in %q, served by %+v (%v)", room.DepartmentID, room.ServedBy, err)
	}
}
