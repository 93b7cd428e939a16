package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

func someVisitor(open *livechat.Room) func(string) (livechat.Visitor, *livechat.Room, error) {
	return func(token string) (livechat.Visitor, *livechat.Room, error) {
		if token != mary.Token {
			return livechat.Visitor{}, nil, livechat.ErrInvalidToken
		}
		return mary, open, nil
	}
}

func opens(opened livechat.Change) (livechat.Room, bool, error) { return opened.Room, true, nil }

func agents(a ...livechat.Agent) func() ([]livechat.Agent, error) {
	return func() ([]livechat.Agent, error) { return a, nil }
}

const newRoomDocument = `"_id":"newIdNewIdNewIdNe","t":"l","fname":"Mary","v":{"_id":"visitor","username":"guest-1","token":"token","status":"online"},
	"cl":false,"open":true,"waitingResponse":true,"default":false,"ro":false,"sysMes":true,"msgs":0,
	"priorityWeight":99,"estimatedWaitingTimeQueue":9999999,
	"ts":"` + nowText + `","lm":"` + nowText + `","queuedAt":"` + nowText + `","_updatedAt":"` + nowText + `"`

func TestRoomIsOpened(t *testing.T) {
	s := &fakeStore{t: t, visitorByToken: someVisitor(nil), settings: defaults, agents: agents(), openRoom: opens}
	wantAnswer(t, call(api.Room(s, newID), http.MethodGet, "?token=token", ""), 200,
		`{"room":{`+newRoomDocument+`,"usersCount":1,"source":{"type":"api"}},"newRoom":true,"success":true}`)
}

func TestRoomIsServedAtOnce(t *testing.T) {
	s := &fakeStore{t: t, visitorByToken: someVisitor(nil), settings: defaults, openRoom: opens,
		agents: agents(livechat.Agent{ID: "a1", Username: "ann", Status: livechat.Available})}
	// The agent joins a millisecond after the room's opening, because no two messages
	// have the same time.
	joined := strings.Replace(newRoomDocument, `"_updatedAt":"`+nowText, `"_updatedAt":"`+livechat.At(now.Add(time.Millisecond)).String(), 1)
	wantAnswer(t, call(api.Room(s, newID), http.MethodGet, "?token=token&agentId=&rid=", ""), 200,
		`{"room":{`+joined+`,"usersCount":2,"source":{"type":"api"},
		"servedBy":{"_id":"a1","username":"ann","ts":"`+nowText+`"}},"newRoom":true,"success":true}`)
}

func TestWidgetIsKnownByItsCookies(t *testing.T) {
	for cookies, want := range map[string]string{
		"rc_room_type=l; rc_is_widget=t":   `{"type":"widget","destination":"example.com"}`,
		"a=b; rc_is_widget=t":              `{"type":"api"}`,
		"rc_room_type=l":                   `{"type":"api"}`,
		"rc_room_type=l; rc_is_widget=yes": `{"type":"api"}`,
	} {
		t.Run(cookies, func(t *testing.T) {
			s := &fakeStore{t: t, visitorByToken: someVisitor(nil), settings: defaults, agents: agents(), openRoom: opens}
			wantAnswer(t, call(api.Room(s, newID), http.MethodGet, "?token=token", "", "Cookie", cookies), 200,
				`{"room":{`+newRoomDocument+`,"usersCount":1,"source":`+want+`},"newRoom":true,"success":true}`)
		})
	}
}

func TestOpenRoomIsResumed(t *testing.T) {
	open := &livechat.Room{ID: "room", Open: true}
	for _, query := range []string{
		"token=token", "token=token&rid=", "token=token&rid=room", "token=token&agentId=other", "token=token&agentId",
		"&&token=token&", "token=%74oken",
	} {
		t.Run(query, func(t *testing.T) {
			s := &fakeStore{t: t, visitorByToken: someVisitor(open)}
			w := call(api.Room(s, newID), http.MethodGet, "?"+query, "")
			if w.Code != 200 || !strings.Contains(w.Body.String(), `"_id":"room"`) || !strings.Contains(w.Body.String(), `"newRoom":false`) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestRoomRefusals(t *testing.T) {
	open := &livechat.Room{ID: "room", Open: true}
	off := func() (settings.Settings, error) {
		return settings.New(settings.Changes{Values: map[string]string{"livechatEnabled": "false"}})
	}
	agentsNeeded := func() (settings.Settings, error) {
		return settings.New(settings.Changes{Values: map[string]string{"acceptChatsWithNoAgents": "false"}})
	}
	away := agents(livechat.Agent{ID: "a1", Username: "ann", Status: livechat.NotAvailable})
	for name, tc := range map[string]struct {
		query    string
		open     *livechat.Room
		settings func() (settings.Settings, error)
		want     string
	}{
		"no token":                {query: "rid=room", want: refusal("Match error: Missing key 'token'")},
		"unknown key":             {query: "foo=1", want: refusal("Match error: Unknown key in field foo")},
		"unknown bracketed key":   {query: "token=token&foo[bar]=1", want: refusal("Match error: Unknown key in field foo")},
		"keys' case matters":      {query: "Token=token", want: refusal("Match error: Unknown key in field Token")},
		"repeated":                {query: "token=token&token=token", want: refusal("Match error: Expected string, got object in field token")},
		"bracketed":               {query: "token=token&rid[a]=1", want: refusal("Match error: Expected string, got object in field rid")},
		"list":                    {query: "token=token&rid[]=1", want: refusal("Match error: Expected string, got object in field rid")},
		"empty token":             {query: "token=", want: refusal("invalid-token")},
		"unknown token":           {query: "token=other", want: refusal("invalid-token")},
		"token undefined":         {query: "token=undefined", want: refusal("invalid-token")},
		"token too long":          {query: "token=" + strings.Repeat("x", 257), want: refusal("invalid-token")},
		"token is invalid UTF-8":  {query: "token=%ff", want: refusal("invalid-token")},
		"token with NUL":          {query: "token=a%00", want: refusal("invalid-token")},
		"token with a bad escape": {query: "token=%zz", want: refusal("invalid-token")},
		"unknown token, any rid":  {query: "token=other&rid=room", open: open, want: refusal("invalid-token")},
		"another room":            {query: "token=token&rid=other", open: open, want: refusal("invalid-room")},
		"no room":                 {query: "token=token&rid=other", want: refusal("invalid-room")},
		"room id too long":        {query: "token=token&rid=" + strings.Repeat("x", 65), open: open, want: refusal("invalid-room")},
		"switched off": {query: "token=token", settings: off,
			want: refusal("[error-omnichannel-is-disabled]", "error-omnichannel-is-disabled")},
		"nobody online": {query: "token=token", settings: agentsNeeded,
			want: refusal("Sorry, no online agents [no-agent-online]", "no-agent-online")},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, visitorByToken: someVisitor(tc.open), settings: tc.settings, agents: away}
			wantAnswer(t, call(api.Room(s, newID), http.MethodGet, "?"+tc.query, ""), 400, tc.want)
		})
	}
}

func TestFaultsAreNotShown(t *testing.T) {
	for name, tc := range map[string]struct {
		err        error
		status     int
		retryAfter string
	}{
		"unexpected":  {errors.New("table livechat-prod: AccessDenied"), 500, ""},
		"unavailable": {&livechat.Error{Kind: livechat.Unavailable, Err: errors.New("throttled")}, 503, "2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, visitorByToken: func(string) (livechat.Visitor, *livechat.Room, error) {
				return livechat.Visitor{}, nil, tc.err
			}}
			w := call(api.Room(s, newID), http.MethodGet, "?token=token", "")
			wantAnswer(t, w, tc.status, internal)
			if got := w.Header().Get("Retry-After"); got != tc.retryAfter {
				t.Errorf("Retry-After is %q, want %q", got, tc.retryAfter)
			}
		})
	}
}
