package blackbox

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// TestRoundTrips counts how often a call asks the database, one time after
// another; what it asks side by side counts once.
func TestRoundTrips(t *testing.T) {
	resumed, _ := register(t)
	resumedRoom := open(t, resumed)
	fresh, _ := register(t)
	from, _ := register(t)
	_, to := register(t)
	moved := open(t, from)
	closedToken, closedID := register(t)
	closed := closedRoom(t, closedToken)

	for _, tc := range []struct {
		name               string
		method, path, body string
		status, trips      int
	}{
		{"room, existing", http.MethodGet, "room?token=" + resumed, "", 200, 1},
		{"room, existing, by id", http.MethodGet, "room?token=" + resumed + "&rid=" + resumedRoom, "", 200, 1},
		{"room, foreign id", http.MethodGet, "room?token=" + resumed + "&rid=" + moved, "", 400, 1},
		{"room, new", http.MethodGet, "room?token=" + fresh, "", 200, 3},
		{"survey, open", http.MethodPost, "room.survey", survey(resumed, resumedRoom), 200, 2},
		{"survey, closed", http.MethodPost, "room.survey", survey(closedToken, closed), 200, 2},
		{"move, open", http.MethodPut, "room.visitor", move(moved, to), 200, 3},
		{"move, closed", http.MethodPut, "room.visitor", move(closed, to), 200, 3},
		{"move back", http.MethodPut, "room.visitor", move(closed, closedID), 200, 3},
		{"room, unknown token", http.MethodGet, "room?token=nobody", "", 400, 1},
		{"room, impossible token", http.MethodGet, "room?token=", "", 400, 0},
		{"survey, unknown token", http.MethodPost, "room.survey", survey("nobody", "room"), 400, 1},
		{"survey, broken body", http.MethodPost, "room.survey", "{", 400, 0},
		{"visitor by token", http.MethodGet, "visitor/" + resumed, "", 200, 1},
		{"visitor by id", http.MethodGet, "visitors.info?visitorId=" + to, "", 200, 2},
		{"register, new", http.MethodPost, "visitor", `{"visitor":{"token":"trips ` + t.Name() + `"}}`, 200, 3},
		{"register, known", http.MethodPost, "visitor", `{"visitor":{"token":"` + resumed + `","name":"Ada"}}`, 200, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := send(t, tc.method, api+tc.path, tc.body, signedIn...)
			if a.status != tc.status {
				t.Fatalf("status %d: %s", a.status, a.body)
			}
			trips, err := strconv.Atoi(a.header.Get("X-Local-Db-Trips"))
			if err != nil || trips > tc.trips {
				t.Errorf("%q round trips, want at most %d", a.header.Get("X-Local-Db-Trips"), tc.trips)
			}
		})
	}
}

func TestRoomHasTheGatewaysTime(t *testing.T) {
	const later = "2031-05-06T07:08:09.000Z"
	defer func() {
		now := time.Now().UTC().Format(time.RFC3339)
		send(t, http.MethodPost, "/_local/clock", `{"set":"`+now+`"}`)
	}()
	send(t, http.MethodPost, "/_local/clock", `{"set":"`+later+`"}`)
	token, _ := register(t)
	a := send(t, http.MethodGet, api+"room?token="+token, "")
	ts, err := time.Parse(time.RFC3339, member(t, a.body, "room", "ts").(string))
	if want := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC); err != nil || ts.Before(want) || ts.After(want.Add(time.Minute)) {
		t.Errorf("the room's time is %v, want shortly after %v (%v)", ts, want, err)
	}
}
