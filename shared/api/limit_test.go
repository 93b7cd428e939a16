package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// tooMany is a rate limit's answer at the time now, 123 milliseconds into the minute.
const tooMany = `{"success":false,"errorType":"error-too-many-requests","error":"Error, too many requests. ` +
	`Please slow down. You must wait 60 seconds before trying this endpoint again. [error-too-many-requests]"}`

func (s service) limit(t testing.TB, limit livechat.RateLimit, n int) {
	t.Helper()
	if err := s.store.SetSetting(t.Context(), limit.Setting, "", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}

// from sends a request from an address and a website.
func from(h http.Handler, address, origin, method, target, body string, header ...string) *httptest.ResponseRecorder {
	return call(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = address
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		h.ServeHTTP(w, r)
	}), method, target, body, header...)
}

func registration(token string) string { return fmt.Sprintf(`{"visitor":{"token":%q}}`, token) }

// wantLimited checks that w is the refusal of the limit.
func wantLimited(t *testing.T, w *httptest.ResponseRecorder, limit int) {
	t.Helper()
	wantAnswer(t, w, http.StatusTooManyRequests, tooMany)
	for name, value := range map[string]string{
		"X-RateLimit-Limit": strconv.Itoa(limit), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1793525460000", "Retry-After": "60",
	} {
		if got := w.Header().Get(name); got != value {
			t.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
}

func wantStatus(t *testing.T, what string, w *httptest.ResponseRecorder, status int) {
	t.Helper()
	if w.Code != status {
		t.Errorf("%s: status %d, want %d: %s", what, w.Code, status, w.Body)
	}
}

func TestRoomsPerToken(t *testing.T) {
	s := newService(t)
	s.limit(t, livechat.RoomsPerToken, 3)
	s.register("ada", "Ada")
	var open answered
	for range 3 {
		for range 5 {
			// Resuming a room does not count as opening one.
			if open = s.openRoom("ada"); open.Status != 200 {
				t.Fatalf("%d %s", open.Status, open.Error)
			}
		}
		wantStatus(t, "close", call(s.closing, http.MethodPost, "", fmt.Sprintf(`{"token":"ada","rid":%q}`, open.Room.ID)), 200)
	}
	wantLimited(t, call(s.room, http.MethodGet, "?token=ada", ""), 3)
	// A request for a closed room does not open one.
	wantStatus(t, "closed room", call(s.room, http.MethodGet, "?token=ada&rid="+open.Room.ID, ""), 400)
	s.register("bob", "Bob")
	wantStatus(t, "another visitor", call(s.room, http.MethodGet, "?token=bob", ""), 200)
}

// TestWhoComesAndGoesIsCountedEachTime checks that a deleted visitor who registers again
// with the same token counts as another visitor, and their room as another room.
func TestWhoComesAndGoesIsCountedEachTime(t *testing.T) {
	s := newService(t)
	s.limit(t, livechat.VisitorsPerAddress, 4)
	s.limit(t, livechat.RoomsPerToken, 3)
	register := func() *httptest.ResponseRecorder {
		return from(s.visitor, "192.0.2.1", "", http.MethodPost, "", registration("ada"))
	}
	for range 3 {
		wantStatus(t, "register", register(), 200)
		open := s.openRoom("ada")
		if open.Status != 200 {
			t.Fatalf("%d %s", open.Status, open.Error)
		}
		wantStatus(t, "close", call(s.closing, http.MethodPost, "", fmt.Sprintf(`{"token":"ada","rid":%q}`, open.Room.ID)), 200)
		if gone := s.deleteVisitor("ada"); gone.Status != 200 {
			t.Fatalf("%d %s", gone.Status, gone.Error)
		}
	}
	wantStatus(t, "register", register(), 200)
	wantLimited(t, call(s.room, http.MethodGet, "?token=ada", ""), 3)
	s.deleteVisitor("ada")
	wantLimited(t, register(), 4)
}

// TestLimitDoesNotRefuseParallelFirstCalls sets limits of one room. All parallel first
// calls must get that room.
func TestLimitDoesNotRefuseParallelFirstCalls(t *testing.T) {
	s := newService(t)
	s.limit(t, livechat.RoomsPerToken, 1)
	s.limit(t, livechat.RoomsPerAddress, 1)
	for round := range 20 {
		token := fmt.Sprint("visitor-", round)
		wantStatus(t, "register", from(s.visitor, "192.0.2.1", token, http.MethodPost, "", registration(token)), 200)
		rooms := map[string]bool{}
		for _, w := range atOnce(16, func(int) *httptest.ResponseRecorder {
			return from(s.room, "192.0.2.1", token, http.MethodGet, "?token="+token, "")
		}) {
			a := read(w)
			wantStatus(t, "first call", w, 200)
			rooms[a.Room.ID] = true
		}
		if len(rooms) != 1 {
			t.Fatalf("%d rooms", len(rooms))
		}
	}
}

// TestOfficeBehindOneAddress checks that exhausting the limit of an address and website
// affects neither known visitors nor visitors of another website or address.
func TestOfficeBehindOneAddress(t *testing.T) {
	s := newService(t)
	s.limit(t, livechat.VisitorsPerAddress, 4)
	s.limit(t, livechat.RoomsPerAddress, 4)
	const office, shop = "192.0.2.1", "https://shop.example"
	register := func(address, origin, token string, header ...string) *httptest.ResponseRecorder {
		return from(s.visitor, address, origin, http.MethodPost, "", registration(token), header...)
	}
	open := func(address, origin, token string) *httptest.ResponseRecorder {
		return from(s.room, address, origin, http.MethodGet, "?token="+token, "")
	}
	for i := range 4 {
		token := fmt.Sprint("colleague-", i)
		for range 3 {
			wantStatus(t, "register", register(office, shop, token), 200)
			wantStatus(t, "open", open(office, shop, token), 200)
		}
	}
	wantLimited(t, register(office, shop, "stranger"), 4)
	// Forwarding headers are ignored: the address is the one that the gateway saw.
	wantLimited(t, register(office, shop, "stranger", "X-Forwarded-For", "198.51.100.7", "Forwarded", "for=198.51.100.7"), 4)

	wantStatus(t, "colleague on another website", register(office, "https://other.example", "elsewhere"), 200)
	wantStatus(t, "colleague on another website opens", open(office, "https://other.example", "elsewhere"), 200)
	wantStatus(t, "visitor at home", register("198.51.100.7", shop, "at-home"), 200)
	wantLimited(t, open(office, shop, "at-home"), 4)
	wantStatus(t, "visitor at home opens", open("198.51.100.7", shop, "at-home"), 200)

	wantStatus(t, "known colleague's name", register(office, shop, "colleague-1"), 200)
	resumed := open(office, shop, "colleague-1")
	wantStatus(t, "known colleague's room", resumed, 200)
	body := fmt.Sprintf(`{"token":"colleague-1","rid":%q,"msg":"Still here"}`, read(resumed).Room.ID)
	wantStatus(t, "known colleague's message", from(api.Message(s.store, livechat.NewID), office, shop, http.MethodPost, "", body), 200)
}

func TestNetworkOfAnIPv6AddressIsOneClient(t *testing.T) {
	s := newService(t)
	s.limit(t, livechat.VisitorsPerAddress, 1)
	for _, c := range []struct {
		address string
		status  int
	}{
		{"2001:db8:1:2::1", 200}, {"2001:db8:1:2:ffff::9", 429}, {"2001:db8:1:3::1", 200},
		{"203.0.113.5", 200}, {"::ffff:203.0.113.5", 200}, {"203.0.113.6", 200}, {"no address", 200},
	} {
		token := strings.ReplaceAll(c.address, " ", "-")
		wantStatus(t, c.address, from(s.visitor, c.address, "", http.MethodPost, "", registration(token)), c.status)
	}
}

func TestMessagesPerToken(t *testing.T) {
	s := newService(t)
	s.limit(t, livechat.MessagesPerToken, 3)
	s.limit(t, livechat.PagesPerToken, 2)
	s.register("ada", "Ada")
	room := s.openRoom("ada").Room.ID
	say := func(token, rid, id string) *httptest.ResponseRecorder {
		body := fmt.Sprintf(`{"token":%q,"rid":%q,"msg":"Hello","_id":%q}`, token, rid, id)
		return call(api.Message(s.store, livechat.NewID), http.MethodPost, "", body)
	}
	for i := range 3 {
		for range 4 {
			wantStatus(t, "a message and its repetitions", say("ada", room, fmt.Sprint("message-", i)), 200)
		}
	}
	wantLimited(t, say("ada", room, "message-4"), 3)
	wantStatus(t, "a message that was posted before", say("ada", room, "message-1"), 200)
	wantStatus(t, "a room that does not exist", say("ada", "no-such-room", "message-5"), 400)

	visit := func() *httptest.ResponseRecorder {
		return call(api.PageVisited(s.store, livechat.NewID), http.MethodPost, "",
			`{"token":"ada","pageInfo":{"change":"url","title":"Shop","location":{"href":"https://shop.example"}}}`)
	}
	for range 2 {
		wantStatus(t, "a page visit, counted separately", visit(), 200)
	}
	wantLimited(t, visit(), 2)
	history, err := s.store.VisitorsHistory(t.Context(), "ada", room, livechat.HistoryPage{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, m := range history.Messages {
		if m.Text == "Hello" {
			said++
		}
	}
	if said != 3 {
		t.Errorf("%d messages were stored, want 3", said)
	}
}

func TestSurveysPerRoom(t *testing.T) {
	s := newService(t)
	s.limit(t, livechat.SurveysPerRoom, 3)
	s.register("ada", "Ada")
	s.register("bob", "Bob")
	room, other := s.openRoom("ada").Room.ID, s.openRoom("bob").Room.ID
	for range 4 {
		// Calls that know only the room's id do not use up its visitor's limit.
		s.answer("bob", room, "satisfaction", "1")
		s.answer("nobody", room, "satisfaction", "1")
	}
	for range 3 {
		if a := s.answer("ada", room, "satisfaction", "4"); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Error)
		}
	}
	if a := s.answer("ada", room, "satisfaction", "1"); a.Status != 429 {
		t.Errorf("the fourth answer: %d %s", a.Status, a.Error)
	}
	if a := s.answer("bob", other, "satisfaction", "1"); a.Status != 200 {
		t.Errorf("another room's answer: %d %s", a.Status, a.Error)
	}
}

func TestZeroIsNoLimit(t *testing.T) {
	s := newService(t)
	for _, l := range []livechat.RateLimit{
		livechat.RoomsPerToken, livechat.RoomsPerAddress, livechat.VisitorsPerAddress, livechat.MessagesPerToken,
		livechat.SurveysPerRoom, livechat.KilobytesPerToken, livechat.EditsPerToken, livechat.PagesPerToken,
		livechat.ProfileEditsPerToken, livechat.ReadsPerToken,
	} {
		s.limit(t, l, 0)
	}
	s.register("ada", "Ada")
	room := s.openRoom("ada").Room.ID
	for range 130 {
		wantStatus(t, "message", call(api.Message(s.store, livechat.NewID), http.MethodPost, "",
			fmt.Sprintf(`{"token":"ada","rid":%q,"msg":"Hello"}`, room)), 200)
	}
}

func TestCallThatIsNotCountedIsNotDone(t *testing.T) {
	s := &fakeStore{t: t, visitorByToken: someVisitor(nil),
		settings: func() (settings.Settings, error) { return settings.New(settings.Changes{}) },
		agents:   func() ([]livechat.Agent, error) { return nil, nil },
		admit:    func(livechat.Time, []livechat.RateUse) error { return &livechat.Error{Kind: livechat.Unavailable} }}
	w := call(api.Room(s, newID), http.MethodGet, "?token=token", "")
	wantStatus(t, "room", w, 503)
	if w.Header().Get("Retry-After") == "" {
		t.Error("a 503 without Retry-After")
	}
}
