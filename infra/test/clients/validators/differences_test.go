package validators

import (
	"path"
	"strconv"
	"strings"
)

// difference is an intended difference between this service's verdict and the published
// one, both given as patterns, for requests that match when.
type difference struct {
	call, why    string
	ours, theirs string
	when         func(request) bool
	// example is such a request. For bodies, text instead replaces a text in a good body.
	example request
	text    string
}

const (
	// bodies means every call that takes a body.
	bodies   = "each body"
	whatever = "*"
)

var differences = []difference{
	{
		call: bodies, why: "a public endpoint needs limits",
		ours: "must NOT have more than * characters", theirs: whatever,
		text: strings.Repeat("x", 5001),
	},
	{
		call: bodies, why: "no text may contain NUL or half a surrogate pair",
		ours: "must be valid text", theirs: whatever,
		text: "\x00",
	},
	{
		call: "POST room.survey", why: "the published curl line quotes the list",
		ours: whatever, theirs: "must be array",
		when:    func(r request) bool { return strings.HasPrefix(string(r.member("data")), `"[`) },
		example: request{body: `{"token":"t","rid":"r","data":"[{\"name\":\"satisfaction\",\"value\":\"5\"}]"}`},
	},
	{
		call: "POST room.survey", why: "a room always has an id",
		ours: "must NOT have fewer than 1 characters", theirs: whatever,
		example: request{body: `{"token":"t","rid":"","data":[{"name":"satisfaction","value":"5"}]}`},
	},
	{
		call: "GET room", why: "a later version of the server refuses unknown parameters explicitly",
		ours: "refused", theirs: "accepted",
		when:    func(r request) bool { return r.hasOther("token", "rid", "agentId") },
		example: request{query: [][2]string{{"token", "t"}, {"comment", "c"}}},
	},
	{
		call: "PUT room.visitor", why: "{rid, visitorId} is also published",
		ours: whatever, theirs: "must have required property 'oldVisitorId'",
		when:    func(r request) bool { return r.has("visitorId") && !r.has("oldVisitorId") && !r.has("newVisitorId") },
		example: request{body: `{"rid":"r","visitorId":"v"}`},
	},
	{
		call: "PUT room.visitor", why: "an ambiguous body is treated as the published one of two shapes",
		ours: "must have required property 'visitorId'", theirs: "must have required property 'oldVisitorId'",
		when:    func(r request) bool { return !r.has("oldVisitorId") && !r.has("newVisitorId") },
		example: request{body: `{"rid":"r"}`},
	},
	{
		call: "POST room.close", why: "the documentation lists the members in this order",
		ours: "must have required property 'rid'", theirs: "must have required property 'token'",
		when:    func(r request) bool { return !r.has("token") && !r.has("rid") },
		example: request{body: `{}`},
	},
	{
		call: "POST message", why: "an empty message is not a message",
		ours: "must NOT have fewer than 1 characters", theirs: whatever,
		example: request{body: `{"token":"t","rid":"r","msg":""}`},
	},
	{
		call: "PUT message", why: "an empty message is not a message",
		ours: "must NOT have fewer than 1 characters", theirs: whatever,
		example: request{body: `{"token":"t","rid":"r","msg":""}`},
	},
	{
		call: "POST visitor.status", why: "the published clients know only these four, and a room shows the sent value",
		ours: "must be equal to one of the allowed values", theirs: whatever,
		example: request{body: `{"token":"t","status":"asleep"}`},
	},
	{
		call: "POST page.visited", why: "of two missing members, another is reported first",
		ours: "must have required property 'change'", theirs: "must have required property 'title'",
		example: request{body: `{"token":"t","pageInfo":{}}`},
	},
	{
		call: "POST page.visited", why: "a page may send more members than are stored",
		ours: whatever, theirs: "must NOT have additional properties",
		when:    func(r request) bool { return strings.HasPrefix(string(r.member("pageInfo")), "{") },
		example: request{body: `{"token":"t","pageInfo":{"change":"url","title":"t","location":{"href":"h","host":"x"}}}`},
	},
	{
		call: "GET messages.history", why: "count and sort have no effect: limit applies, and the latest come first",
		ours: "refused", theirs: "accepted",
		when:    func(r request) bool { return r.hasOther("token", "ls", "end", "limit", "offset", "searchText") },
		example: request{query: [][2]string{{"token", "t"}, {"sort", "{}"}}},
	},
	{
		call: "GET messages.history", why: "an invalid time cannot limit the messages",
		ours: "refused", theirs: "accepted",
		when:    func(r request) bool { return r.hasValue(noTime, "ls", "end") },
		example: request{query: [][2]string{{"token", "t"}, {"end", "yesterday"}}},
	},
	{
		call: "GET messages.history", why: "limit and offset are whole numbers",
		ours: "refused", theirs: "accepted",
		when:    func(r request) bool { return r.hasValue(noCount, "limit", "offset") },
		example: request{query: [][2]string{{"token", "t"}, {"limit", "1.5"}}},
	},
	{
		call: "GET messages.history", why: "messages older than the latest 10,000 need a time",
		ours: "refused", theirs: "accepted",
		when:    func(r request) bool { return r.hasValue(beyond, "offset") },
		example: request{query: [][2]string{{"token", "t"}, {"offset", "10001"}}},
	},
}

func noTime(value string) bool { return value != "" && !strings.HasPrefix(value, "2026-") }

func noCount(value string) bool {
	_, err := strconv.Atoi(value)
	return value != "" && (err != nil || value[0] == '-')
}

func beyond(value string) bool {
	n, err := strconv.Atoi(value)
	return err == nil && n > 10_000
}

func meant(c call, r request, ours, theirs verdict) bool {
	for _, d := range differences {
		if d.covers(c, r, ours, theirs) {
			return true
		}
	}
	return false
}

func (d difference) covers(c call, r request, ours, theirs verdict) bool {
	return d.of(c) && matches(d.ours, ours) && matches(d.theirs, theirs) && (d.when == nil || d.when(r))
}

func (d difference) of(c call) bool { return d.call == c.name || d.call == bodies && c.body != nil }

// exampleOf returns the difference's example as a request of the call.
func (d difference) exampleOf(c call) request {
	if d.text == "" {
		return d.example
	}
	return request{body: strings.Replace(c.good, "TEXT", quote(d.text), 1)}
}

func matches(pattern string, v verdict) bool {
	ok, err := path.Match(pattern, string(v))
	return err == nil && ok
}
