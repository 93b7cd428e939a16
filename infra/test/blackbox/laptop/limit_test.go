package laptop

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/infra/test/blackbox/target"
	"livechat/shared/livechat"
)

// standStill stops the cloud's clock at the beginning of an unused minute, so that all
// calls fall into one minute of the rate limits.
func standStill(t *testing.T) {
	t.Helper()
	moveClock(t, "stop", time.Now().Add(time.Hour).Truncate(time.Minute))
}

// TestLimitsAreExactOverProcesses sends more calls than the limits allow, in parallel, so
// that many processes count.
func TestLimitsAreExactOverProcesses(t *testing.T) {
	standStill(t)
	token, _ := system.Register(t)
	rid := system.OpenRoom(t, token)
	for _, tc := range []struct{ name, path, body string }{
		{"message", "message", target.JSON(map[string]string{"token": token, "rid": rid, "msg": "Hello"})},
		{"room.survey", "room.survey", target.Survey(token, rid)},
		{"page.visited", "page.visited", target.Page(token)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			const limit, calls = 120, 140
			var lock sync.Mutex
			statuses := map[int]int{}
			var all errgroup.Group
			all.SetLimit(16)
			for range calls {
				all.Go(func() error {
					a, err := system.Try(http.MethodPost, api+tc.path, tc.body)
					lock.Lock()
					defer lock.Unlock()
					statuses[a.Status]++
					if a.Status == 429 && (a.Header.Get("Retry-After") != "60" || a.Header.Get("X-RateLimit-Limit") != strconv.Itoa(limit)) {
						t.Errorf("a 429 has the headers %v", a.Header)
					}
					return err
				})
			}
			if err := all.Wait(); err != nil {
				t.Fatal(err)
			}
			// A call that the machine is too slow to answer in time may have been counted.
			admitted, late := statuses[200], statuses[503]
			if admitted > limit || admitted+late < limit || admitted+late+statuses[429] != calls {
				t.Errorf("%d calls got the statuses %v, the limit is %d", calls, statuses, limit)
			}
		})
	}
}

// TestResumedRoomCostsOneCall checks that rate limits are read only where something is
// created.
func TestResumedRoomCostsOneCall(t *testing.T) {
	token, _ := system.Register(t)
	rid := system.OpenRoom(t, token)
	for _, query := range []string{"?token=" + token, "?token=" + token + "&rid=" + rid} {
		a := system.Send(t, http.MethodGet, api+"room"+query, "")
		if a.Header.Get("X-Local-Db-Calls") != "1" {
			t.Errorf("resuming a room by %s takes %s database calls", query, a.Header.Get("X-Local-Db-Calls"))
		}
	}
}

func TestRoomsPerTokenOverHTTP(t *testing.T) {
	standStill(t)
	token, _ := system.Register(t)
	for range 20 {
		rid := system.OpenRoom(t, token)
		system.Send(t, http.MethodPost, api+"room.close", target.Close(token, rid)).WantStatus(t, 200)
	}
	a := system.Send(t, http.MethodGet, api+"room?token="+token, "")
	a.WantStatus(t, 429)
	if kind := a.Member(t, "errorType"); kind != "error-too-many-requests" {
		t.Errorf("errorType %v", kind)
	}
	system.Send(t, http.MethodGet, api+"room?token="+token+"&rid="+livechat.NewID(), "").WantStatus(t, 400)
}
