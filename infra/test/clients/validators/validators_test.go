package validators

import (
	"context"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
	"livechat/shared/survey"
)

// TestVerdictsAreThePublishedOnes checks that both verdicts on a random request are
// equal, or differ as intended.
func TestVerdictsAreThePublishedOnes(t *testing.T) {
	oracle, calls := startOracle(t), newCalls(t)
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				// Check several requests at once, because rapid's number of checks is a
				// flag for all tests.
				for range 8 {
					r := c.draw(t)
					ours, theirs := c.ours(t, r), oracle.verdict(t, c.validator, r)
					if ours != theirs && !meant(c, r, ours, theirs) {
						t.Fatalf("ours: %s\ntheirs: %s\n%s %v", ours, theirs, r.body, r.query)
					}
				}
			})
		})
	}
}

// TestEachMeantDifferenceIsOne checks that every listed difference exists.
func TestEachMeantDifferenceIsOne(t *testing.T) {
	oracle, calls := startOracle(t), newCalls(t)
	for _, d := range differences {
		t.Run(d.call+": "+d.why, func(t *testing.T) {
			for _, c := range calls {
				if !d.of(c) {
					continue
				}
				r := d.exampleOf(c)
				ours, theirs := c.ours(t, r), oracle.verdict(t, c.validator, r)
				if ours == theirs || !d.covers(c, r, ours, theirs) {
					t.Errorf("%s: ours: %s, theirs: %s", c.name, ours, theirs)
				}
			}
		})
	}
}

// call is a call of this service, its published validator, and generators of requests.
type call struct {
	name, method, validator string
	path                    string // if it matters
	handler                 http.Handler
	body                    *rapid.Generator[string]
	good                    string // a good body, with TEXT in place of one text
	query                   *rapid.Generator[[][2]string]
}

func (c call) draw(t *rapid.T) request {
	if c.query != nil {
		return request{query: c.query.Draw(t, "query")}
	}
	return request{body: c.body.Draw(t, "body")}
}

const (
	userID    = "agent"
	authToken = "secret"
)

func newCalls(t *testing.T) []call {
	t.Helper()
	s := storetest.New(t)
	err := s.CreateUser(t.Context(),
		livechat.User{ID: userID, Username: userID, Roles: []string{livechat.RoleAgent}, Active: true},
		livechat.AuthToken{UserID: userID, Hash: livechat.HashToken(authToken)})
	if err != nil {
		t.Fatal(err)
	}
	word := rapid.StringN(0, 12, -1)
	number := rapid.SampledFrom([]string{"20", "0", "1", "100", "", "101", "-1", "1.5", "1e2", "0x10", " 5", "10001", "five", "99999999999999999999"})
	moment := rapid.OneOf(rapid.Just("2026-11-01T09:30:00.123Z"), rapid.Just(""), word)
	status := rapid.OneOf(rapid.SampledFrom([]string{`"online"`, `"away"`, `"offline"`, `"busy"`}), text)
	truth := rapid.SampledFrom([]string{`true`, `false`, `"true"`, `"false"`, `1`, `0`, `null`, `"1"`, `2`, `""`})
	return []call{
		{
			name: "POST room.survey", method: http.MethodPost, validator: "isPOSTLivechatRoomSurveyParams",
			handler: api.RoomSurvey(s, livechat.NewID),
			body: object(field{"token", text}, field{"rid", text},
				field{"data", list(object(field{"name", text}, field{"value", text}))}),
			good: `{"token":TEXT,"rid":"r","data":[{"name":"satisfaction","value":"5"}]}`,
		},
		{
			name: "GET room", method: http.MethodGet, validator: "isGETLivechatRoomParams",
			handler: api.Room(s, livechat.NewID),
			query:   queryOf(field{"token", word}, field{"rid", word}, field{"agentId", word}),
		},
		{
			name: "PUT room.visitor", method: http.MethodPut, validator: "isPUTLivechatRoomVisitorParams",
			handler: api.RoomVisitor(nobodyMoves{s}, livechat.NewID),
			body:    object(field{"rid", text}, field{"oldVisitorId", text}, field{"newVisitorId", text}),
			good:    `{"rid":TEXT,"oldVisitorId":"o","newVisitorId":"n"}`,
		},
		{
			name: "POST room.close", method: http.MethodPost, validator: "isPOSTLivechatRoomCloseParams",
			handler: api.RoomClose(s, survey.AtClosing, livechat.NewID),
			body:    object(field{"token", text}, field{"rid", text}),
			good:    `{"token":TEXT,"rid":"r"}`,
		},
		{
			name: "POST message", method: http.MethodPost, validator: "isPOSTLivechatMessageParams",
			handler: api.Message(s, livechat.NewID),
			body: object(field{"token", text}, field{"rid", text}, field{"msg", text}, field{"_id", text},
				field{"agent", object(field{"agentId", text}, field{"username", text})}),
			good: `{"token":TEXT,"rid":"r","msg":"m"}`,
		},
		{
			name: "PUT message", method: http.MethodPut, validator: "isPUTLivechatMessageIdParams",
			handler: api.MessageUpdate(s),
			body:    object(field{"token", text}, field{"rid", text}, field{"msg", text}),
			good:    `{"token":TEXT,"rid":"r","msg":"m"}`,
		},
		{
			name: "DELETE message", method: http.MethodDelete, validator: "isDELETELivechatMessageIdParams",
			handler: api.MessageDelete(s),
			body:    object(field{"token", text}, field{"rid", text}),
			good:    `{"token":TEXT,"rid":"r"}`,
		},
		{
			name: "GET message", method: http.MethodGet, validator: "isGETLivechatMessageIdParams",
			handler: api.MessageGet(s),
			query:   queryOf(field{"token", word}, field{"rid", word}),
		},
		{
			name: "POST visitor.status", method: http.MethodPost, validator: "isLivechatVisitorStatusProps",
			handler: api.VisitorStatus(s),
			body:    object(field{"token", text}, field{"status", status}),
			good:    `{"token":TEXT,"status":"away"}`,
		},
		{
			name: "POST page.visited", method: http.MethodPost, validator: "isPOSTLivechatPageVisitedParams",
			handler: api.PageVisited(s, livechat.NewID),
			body: object(field{"token", text}, field{"rid", text}, field{"pageInfo",
				object(field{"change", text}, field{"title", text}, field{"location", object(field{"href", text})})}),
			good: `{"token":TEXT,"rid":"r","pageInfo":{"change":"url","title":"t","location":{"href":"h"}}}`,
		},
		{
			name: "POST custom.field", method: http.MethodPost, validator: "isPOSTLivechatCustomFieldParams",
			handler: api.CustomField(s), path: "/api/v1/livechat/custom.field",
			body: object(field{"token", text}, field{"key", text}, field{"value", text}, field{"overwrite", truth}),
			good: `{"token":TEXT,"key":"k","value":"v","overwrite":true}`,
		},
		{
			name: "POST custom.fields", method: http.MethodPost, validator: "isPOSTLivechatCustomFieldsParams",
			handler: api.CustomField(s), path: "/api/v1/livechat/custom.fields",
			body: object(field{"token", text}, field{"customFields",
				list(object(field{"key", text}, field{"value", text}, field{"overwrite", truth}))}),
			good: `{"token":TEXT,"customFields":[{"key":"k","value":"v","overwrite":true}]}`,
		},
		{
			name: "GET messages.history", method: http.MethodGet, validator: "isGETLivechatMessagesHistoryRidParams",
			handler: api.MessagesHistory(s),
			query: queryOf(field{"token", word}, field{"ls", moment}, field{"end", moment},
				field{"limit", number}, field{"offset", number}, field{"searchText", word}),
		},
		{
			name: "GET config", method: http.MethodGet, validator: "isGETLivechatConfigParams",
			handler: api.Config(s),
			query:   queryOf(field{"token", word}, field{"department", word}, field{"businessUnit", word}),
		},
	}
}

// nobodyMoves finds no visitor immediately. A real store retries for half a second before
// it gives up.
type nobodyMoves struct{ *store.Store }

func (nobodyMoves) MoveRoom(context.Context, string, string,
	func(livechat.Room, livechat.Visitor) (livechat.Room, livechat.AuditEntry, error)) (livechat.Room, error) {
	return livechat.Room{}, livechat.ErrInvalidVisitor
}
