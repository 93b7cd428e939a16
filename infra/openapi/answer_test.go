package openapi_test

import (
	"net/http"
	"strings"
	"testing"

	"livechat/infra/openapi"
)

// sent returns the headers of every API answer, with additional or changed headers.
func sent(more ...string) http.Header {
	h := http.Header{
		"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return h
}

// ofPage returns the headers of an HTML page.
func ofPage() http.Header {
	return sent("Content-Type", "text/html; charset=utf-8", "Content-Security-Policy", "default-src 'none'; base-uri 'none'")
}

// without returns h without the named header.
func without(h http.Header, name string) http.Header {
	h.Del(name)
	return h
}

const (
	roomRoute    = "GET /api/v1/livechat/room"
	closeRoute   = "POST /api/v1/livechat/room.close"
	visitorRoute = "GET /api/v1/livechat/visitor/{token}"
	infoRoute    = "GET /api/v1/livechat/visitors.info"
	reportRoute  = "GET /api/v1/livechat/survey.report"
	configRoute  = "GET /api/v1/livechat/config"
	linkRoute    = "POST /s/{code}"
)

const aVisitor = `{"_id":"a","username":"guest-1","status":"online","ts":"2021-07-09T20:11:48.220Z","_updatedAt":"2021-07-09T20:11:48.220Z"`

const aRoom = `{"_id":"r","t":"l","fname":"Mary","cl":false,"default":false,"ro":false,"sysMes":true,"msgs":0,"usersCount":1,` +
	`"ts":"2021-07-09T20:11:48.220Z","lm":"2021-07-09T20:11:48.220Z","_updatedAt":"2021-07-09T20:11:48.220Z",`

func check(d *openapi.Document, route string, status int, h http.Header, body string) error {
	method, path, _ := strings.Cut(route, " ")
	return d.CheckAnswer(method, path, status, h, []byte(body))
}

func TestAnswersAsDescribedPass(t *testing.T) {
	d := read(t)
	for name, tc := range map[string]struct {
		route  string
		status int
		header http.Header
		body   string
	}{
		"closed":            {closeRoute, 200, sent(), `{"rid":"r","comment":"Closed by visitor","success":true}`},
		"refused":           {closeRoute, 400, sent(), `{"success":false,"error":"room-closed"}`},
		"a missing member":  {closeRoute, 400, sent(), `{"success":false,"error":"must have required property 'rid' [invalid-params]","errorType":"invalid-params"}`},
		"no JSON":           {closeRoute, 400, sent(), `{"success":false,"error":"Invalid JSON: empty body [invalid-json]","errorType":"invalid-json"}`},
		"too large":         {closeRoute, 413, sent(), `{"success":false,"error":"Request entity too large [error-too-large]","errorType":"error-too-large"}`},
		"the gateway's 413": {closeRoute, 413, http.Header{"Content-Type": {"application/json"}}, `{"message":"Request Too Long"}`},
		"unknown parameter": {roomRoute, 400, sent(), `{"success":false,"error":"Match error: Unknown key in field \nfoo"}`},
		"a coded refusal":   {roomRoute, 400, sent(), `{"success":false,"error":"Sorry, no online agents [no-agent-online]","errorType":"no-agent-online"}`},
		"a room":            {roomRoute, 200, sent(), `{"room":` + aRoom + `"v":{"_id":"v","username":"guest-1","token":"t","status":"online"},"open":true},"newRoom":true,"success":true}`},
		"a fault":           {roomRoute, 500, sent(), `{"success":false,"error":"Internal server error"}`},
		"out of reach":      {roomRoute, 503, sent("Retry-After", "2"), `{"success":false,"error":"Internal server error"}`},
		"the gateway's 503": {roomRoute, 503, http.Header{"Content-Type": {"application/json"}}, `{"message":"Service Unavailable"}`},
		"throttled":         {roomRoute, 429, http.Header{"Content-Type": {"application/json"}}, `{"message":"Too Many Requests"}`},
		"a visitor":         {visitorRoute, 200, sent(), `{"visitor":` + aVisitor + `,"token":"t"},"success":true}`},
		"for agents":        {infoRoute, 200, sent(), `{"visitor":` + aVisitor + `},"success":true}`},
		"not signed in":     {infoRoute, 401, sent(), `{"success":false,"status":"error","message":"You must be logged in to do this.","error":"You must be logged in to do this."}`},
		"a report as CSV":   {reportRoute, 200, sent("Content-Type", "text/csv; charset=utf-8", "Content-Disposition", "attachment"), "day,label,closed,scheduled\r\n"},
		"switched off":      {configRoute, 200, sent("ETag", `"x"`), `{"config":{"enabled":false},"success":true}`},
		"not modified":      {configRoute, 304, without(sent("ETag", `"x"`), "Content-Type"), ""},
		"a page":            {"GET /docs", 200, ofPage(), "<!doctype html>\n"},
		"a form again":      {linkRoute, 422, ofPage(), "<!doctype html>\n"},
		"to the thanks":     {linkRoute, 303, sent("Content-Type", "text/html; charset=utf-8", "Location", "/s/code?done=1"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if err := check(d, tc.route, tc.status, tc.header, tc.body); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBrokenAnswersAreCaught(t *testing.T) {
	d := read(t)
	room := func(member string) string {
		return `{"room":` + aRoom + member + `},"newRoom":true,"success":true}`
	}
	const visitor = `"v":{"_id":"v","username":"guest-1","token":"t"}`
	for name, tc := range map[string]struct {
		route  string
		status int
		header http.Header
		body   string
		want   string
	}{
		"an unknown route":           {"GET /api/v1/livechat/rooms.all", 200, sent(), `{}`, "GET /api/v1/livechat/rooms.all: the route is not described"},
		"another method":             {"PUT /api/v1/livechat/room", 200, sent(), `{}`, "PUT /api/v1/livechat/room: the route is not described"},
		"a filled in path":           {"GET /api/v1/livechat/visitor/abc", 200, sent(), `{}`, "the route is not described"},
		"an unknown status":          {closeRoute, 418, sent(), `{"tea":1}`, `POST /api/v1/livechat/room.close answered 418: the status is not described: {"tea":1}`},
		"no content type":            {closeRoute, 200, without(sent(), "Content-Type"), `{}`, `content type "": mime: no media type`},
		"another content type":       {closeRoute, 200, sent("Content-Type", "text/html"), `<p>`, `content type "text/html" is not described, only application/json: <p>`},
		"a character set":            {closeRoute, 200, sent("Content-Type", "application/json; charset=utf-8"), `{}`, "JSON has no parameters"},
		"no JSON":                    {closeRoute, 200, sent(), `{`, "the body is not JSON"},
		"JSON with trailing data":    {closeRoute, 200, sent(), `{"rid":"r","comment":"Closed by visitor","success":true}{}`, "the body is not JSON"},
		"no body":                    {closeRoute, 200, sent(), ``, "the body is not JSON"},
		"an extra member":            {closeRoute, 200, sent(), `{"rid":"r","comment":"Closed by visitor","more":1,"success":true}`, "POST /api/v1/livechat/room.close answered 200: at /: additional properties 'more' not allowed"},
		"a member missing":           {closeRoute, 200, sent(), `{"rid":"r","success":true}`, "at /: missing property 'comment'"},
		"two faults":                 {closeRoute, 200, sent(), `{"rid":5,"comment":"Closed","success":true}`, "at /comment: value must be 'Closed by visitor'; at /rid: got number, want string"},
		"success is false":           {closeRoute, 200, sent(), `{"rid":"r","comment":"Closed by visitor","success":false}`, "at /success: value must be true"},
		"null":                       {closeRoute, 200, sent(), `null`, "at /: got null, want object"},
		"a refusal of another call":  {closeRoute, 400, sent(), `{"success":false,"error":"invalid-visitor"}`, "at /error: value must be one of 'invalid-token', 'invalid-room', 'room-closed', 'error-not-allowed-to-close-conversation'"},
		"an undescribed type":        {closeRoute, 400, sent(), `{"success":false,"error":"room-closed","errorType":"room-closed"}`, "at /: additional properties 'errorType' not allowed"},
		"a missing type":             {roomRoute, 400, sent(), `{"success":false,"error":"[error-omnichannel-is-disabled]"}`, "at /error: "},
		"the type of another error":  {roomRoute, 400, sent(), `{"success":false,"error":"Sorry, no online agents [no-agent-online]","errorType":"offline"}`, "at /errorType: value must be 'no-agent-online'"},
		"a stack":                    {roomRoute, 500, sent(), `{"success":false,"error":"Internal server error","stack":"main.go:5"}`, "at /: additional properties 'stack' not allowed"},
		"a database's text":          {roomRoute, 500, sent(), `{"success":false,"error":"ResourceNotFoundException"}`, "at /error: value must be 'Internal server error'"},
		"an incomplete 401":          {infoRoute, 401, sent(), `{"success":false,"error":"You must be logged in to do this."}`, "at /: missing properties 'status', 'message'"},
		"cacheable":                  {closeRoute, 200, sent("Cache-Control", "public"), `{}`, "header Cache-Control: at /: value must be 'no-store'"},
		"no Cache-Control":           {closeRoute, 200, without(sent(), "Cache-Control"), `{}`, "header Cache-Control: missing"},
		"sniffing":                   {closeRoute, 400, without(sent(), "X-Content-Type-Options"), `{}`, "header X-Content-Type-Options: missing"},
		"a header twice":             {closeRoute, 200, http.Header{"Cache-Control": {"no-store", "no-store"}}, `{}`, "header Cache-Control: occurs 2 times"},
		"a wait in words":            {roomRoute, 503, sent("Retry-After", "soon"), `{"success":false,"error":"Internal server error"}`, "header Retry-After: at /: 'soon' does not match pattern"},
		"a room without its visitor": {roomRoute, 200, sent(), room(`"open":true`), "at /room: missing property 'v'"},
		"a room with a null":         {roomRoute, 200, sent(), room(visitor + `,"servedBy":null`), "at /room/servedBy: got null, want object"},
		"a room that is not open":    {roomRoute, 200, sent(), room(visitor + `,"open":false`), "at /room/open: value must be true"},
		"a room with a version":      {roomRoute, 200, sent(), room(visitor + `,"version":3`), "at /room/version: is not described"},
		"seconds without fraction":   {roomRoute, 200, sent(), room(visitor + `,"closedAt":"2021-07-09T20:11:48Z"`), "at /room/closedAt: '2021-07-09T20:11:48Z' does not match pattern"},
		"a time zone":                {roomRoute, 200, sent(), room(visitor + `,"closedAt":"2021-07-09T20:11:48.220+02:00"`), "at /room/closedAt: "},
		"no such day":                {roomRoute, 200, sent(), room(visitor + `,"closedAt":"2021-02-30T20:11:48.220Z"`), "at /room/closedAt: '2021-02-30T20:11:48.220Z' is not valid date-time"},
		"deep inside":                {roomRoute, 200, sent(), room(visitor + `,"metrics":{"response":{"avg":1,"ft":1,"total":1.5,"tt":1}}`), "at /room/metrics/response/total: got number, want integer"},
		"a token for agents":         {infoRoute, 200, sent(), `{"visitor":` + aVisitor + `,"token":"t"},"success":true}`, "at /visitor/token: is not described"},
		"a body with a 304":          {configRoute, 304, sent("ETag", `"x"`), `{}`, "no body is described: {}"},
		"no ETag":                    {configRoute, 200, sent(), `{"config":{"enabled":false},"success":true}`, "header ETag: missing"},
		"an ETag without quotes":     {configRoute, 200, sent("ETag", "x"), `{"config":{"enabled":false},"success":true}`, "header ETag: at /: 'x' does not match pattern"},
		"a CSV without heading":      {reportRoute, 200, sent("Content-Type", "text/csv; charset=utf-8"), "2026-11-23,,1", "does not match pattern"},
		"a page without its policy":  {"GET /docs", 200, without(ofPage(), "Content-Security-Policy"), "<!doctype html>", "header Content-Security-Policy: missing"},
		"a page without HTML":        {"GET /docs", 200, ofPage(), "oops", "at /: 'oops' does not match pattern"},
		"no Location":                {linkRoute, 303, ofPage(), "", "header Location: missing"},
		"foreign Location":           {linkRoute, 303, sent("Location", "https://example.com/s/"), "", "header Location: at /: "},
	} {
		t.Run(name, func(t *testing.T) {
			err := check(d, tc.route, tc.status, tc.header, tc.body)
			if err == nil {
				t.Fatal("the answer was accepted")
			}
			if !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), tc.route) {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

// TestTheNearestShapeExplains checks the error for an answer that may have several
// shapes. The error describes only the faults of the shape that matches best.
func TestTheNearestShapeExplains(t *testing.T) {
	err := check(read(t), roomRoute, 400, sent(), `{"success":false,"error":"invalid-rom"}`)
	if err == nil {
		t.Fatal("the answer was accepted")
	}
	if strings.Contains(err.Error(), "errorType") || !strings.Contains(err.Error(), ", or at /error: ") {
		t.Errorf("got %v", err)
	}
}

func TestALongBodyIsCut(t *testing.T) {
	err := check(read(t), closeRoute, 418, sent(), strings.Repeat("é", 5000))
	if err == nil || len(err.Error()) > 400 || !strings.HasSuffix(err.Error(), "é…") {
		t.Errorf("got %v", err)
	}
}

func FuzzAnswer(f *testing.F) {
	d := read(f)
	f.Add(200, `{"rid":"r","comment":"Closed by visitor","success":true}`)
	f.Add(400, `{"success":false,"error":"room-closed"}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		err := check(d, closeRoute, status, sent(), body)
		if err != nil && !strings.HasPrefix(err.Error(), closeRoute) {
			t.Errorf("%d %q: %v", status, body, err)
		}
	})
}
