package laptop

import (
	"fmt"
	"net/http"
	"path"
	"strconv"
	"testing"
	"time"

	"livechat/infra/test/blackbox/target"
	"livechat/shared/livechat"
)

// tripsCase is a call with the maximum of its round trips.
type tripsCase struct {
	name               string
	method, path, body string
	status, trips      int
}

// tripsCases returns the cases. Each uses its own visitors.
func tripsCases(t *testing.T) []tripsCase {
	t.Helper()
	resumed, _ := system.Register(t)
	resumedRoom := system.OpenRoom(t, resumed)
	fresh, _ := system.Register(t)
	_, moved := system.WaitingRoom(t)
	_, to := system.Register(t)
	closing, _ := system.Register(t)
	toClose := system.OpenRoom(t, closing)
	closedToken, closedID := system.Register(t)
	closed := system.ClosedRoom(t, closedToken)
	talked, talk := system.WaitingRoom(t)
	said := system.Post(t, talked, talk, "Hello")
	_, waiting := system.WaitingRoom(t)
	message := target.JSON(map[string]string{"token": talked, "rid": talk, "msg": "Hello"})
	chosen := target.JSON(map[string]string{"token": talked, "rid": talk, "msg": "Hello", "_id": livechat.NewID()})
	answer := target.JSON(map[string]string{"roomId": talk, "text": "Hello"})
	return []tripsCase{
		{"room, existing", http.MethodGet, "room?token=" + resumed, "", 200, 1},
		{"room, existing, by id", http.MethodGet, "room?token=" + resumed + "&rid=" + resumedRoom, "", 200, 1},
		{"room, foreign id", http.MethodGet, "room?token=" + resumed + "&rid=" + moved, "", 400, 1},
		{"room, new", http.MethodGet, "room?token=" + fresh, "", 200, 3},
		{"survey, open", http.MethodPost, "room.survey", target.Survey(resumed, resumedRoom), 200, 2},
		{"survey, closed", http.MethodPost, "room.survey", target.Survey(closedToken, closed), 200, 2},
		{"move, open", http.MethodPut, "room.visitor", target.Move(moved, to), 200, 3},
		{"move, closed", http.MethodPut, "room.visitor", target.Move(closed, to), 200, 3},
		{"move back", http.MethodPut, "room.visitor", target.Move(closed, closedID), 200, 3},
		{"close", http.MethodPost, "room.close", target.Close(closing, toClose), 200, 2},
		{"close, closed already", http.MethodPost, "room.close", target.Close(closedToken, closed), 400, 2},
		{"config", http.MethodGet, "config?token=" + talked, "", 200, 1},
		{"config, nobody's", http.MethodGet, "config", "", 200, 1},
		{"message", http.MethodPost, "message", message, 200, 2},
		{"message with an id", http.MethodPost, "message", chosen, 200, 2},
		{"message, repeated", http.MethodPost, "message", chosen, 200, 2},
		{"message, by id", http.MethodGet, "message/" + said + "?token=" + talked + "&rid=" + talk, "", 200, 2},
		{"message, changed", http.MethodPut, "message/" + said, message, 200, 3},
		{"history", http.MethodGet, "messages.history/" + talk + "?token=" + talked, "", 200, 2},
		{"visitor's status", http.MethodPost, "visitor.status", target.JSON(map[string]string{"token": talked, "status": "away"}), 200, 2},
		{"page visited", http.MethodPost, "page.visited", target.Page(talked), 200, 3},
		{"agent's message, who takes the room", http.MethodPost, "../chat.postMessage", answer, 200, 3},
		{"agent's message", http.MethodPost, "../chat.postMessage", answer, 200, 3},
		{"agent of a room", http.MethodGet, "agent.info/" + talk + "/" + talked, "", 200, 2},
		{"room's messages", http.MethodGet, talk + "/messages", "", 200, 3},
		{"take", http.MethodPost, "inquiries.take", target.JSON(map[string]string{"inquiryId": waiting}), 200, 3},
		{"rooms that are open", http.MethodGet, "rooms?queued=true", "", 200, 3},
		{"room, unknown token", http.MethodGet, "room?token=nobody", "", 400, 1},
		{"room, impossible token", http.MethodGet, "room?token=", "", 400, 0},
		{"survey, unknown token", http.MethodPost, "room.survey", target.Survey("nobody", "room"), 400, 1},
		{"survey, broken body", http.MethodPost, "room.survey", "{", 400, 0},
		{"visitor by token", http.MethodGet, "visitor/" + resumed, "", 200, 1},
		{"visitor by id", http.MethodGet, "visitors.info?visitorId=" + to, "", 200, 2},
		{"register, new", http.MethodPost, "visitor", `{"visitor":{"token":"` + livechat.NewID() + `"}}`, 200, 3},
		{"register, known", http.MethodPost, "visitor", `{"visitor":{"token":"` + resumed + `","name":"Ada"}}`, 200, 2},
	}
}

// TestRoundTrips counts the sequential round trips of each call to the database; parallel
// calls count once. The minimum of several rounds counts, because on a busy machine a call
// can be answered before the next parallel call has started.
func TestRoundTrips(t *testing.T) {
	tooMany := map[string]string{}
	for round := range 10 {
		for _, tc := range tripsCases(t) {
			if trips := tc.count(t); trips > tc.trips && (round == 0 || tooMany[tc.name] != "") {
				tooMany[tc.name] = fmt.Sprintf("%s: %d round trips, want at most %d", tc.name, trips, tc.trips)
			} else {
				delete(tooMany, tc.name)
			}
		}
		if len(tooMany) == 0 {
			return
		}
	}
	for _, what := range tooMany {
		t.Error(what)
	}
}

func (tc tripsCase) count(t *testing.T) int {
	t.Helper()
	a := system.Send(t, tc.method, path.Join(api, tc.path), tc.body, target.SignedIn...)
	if a.Status != tc.status {
		t.Fatalf("%s: status %d: %s", tc.name, a.Status, a.Body)
	}
	trips, err := strconv.Atoi(a.Header.Get("X-Local-Db-Trips"))
	if err != nil {
		t.Fatalf("%s: %v", tc.name, err)
	}
	return trips
}

// moveClock sets or stops the cloud's clock, and resets it after the test.
func moveClock(t *testing.T, how string, at time.Time) {
	t.Helper()
	move := func(how string, at time.Time) {
		system.Send(t, http.MethodPost, "/_local/clock", target.JSON(map[string]string{how: at.UTC().Format(time.RFC3339)})).WantStatus(t, 200)
	}
	t.Cleanup(func() { move("set", time.Now()) })
	move(how, at)
}

func TestRoomHasTheGatewaysTime(t *testing.T) {
	// Not later: each minute that the clock passes wakes survey-send.
	want := time.Now().UTC().Add(10 * time.Minute).Truncate(time.Second)
	moveClock(t, "set", want)
	token, _ := system.Register(t)
	a := system.Send(t, http.MethodGet, api+"room?token="+token, "")
	ts, err := time.Parse(time.RFC3339, a.Member(t, "room", "ts").(string))
	if err != nil || ts.Before(want) || ts.After(want.Add(time.Minute)) {
		t.Errorf("the room's time is %v, want shortly after %v (%v)", ts, want, err)
	}
}
