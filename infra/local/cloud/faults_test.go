package cloud

import (
	"context"
	"fmt"
	"net/http"
	"testing"
)

// TestFaultsReachTheFunctions applies faults to the calls of real processes. The
// processes try each call three times, which is the SDK's default.
func TestFaultsReachTheFunctions(t *testing.T) {
	c, err := Start(context.Background(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, tt := range []struct {
		fault  string
		status int // status of a request whose function calls the database three times
		calls  string
	}{
		{`{"kind":"latency","ms":10}`, 200, "3"},
		{`{"kind":"reset"}`, 500, "3"},
		{`{"kind":"throttle"}`, 500, "3"},
		{`{"kind":"error"}`, 500, "3"},
		{`{"kind":"conflict"}`, 200, "3"}, // the fault does not affect reads
		{`{"kind":"kill","when":"before"}`, 500, "1"},
		{`{"kind":"kill","when":"after"}`, 500, "1"},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			if status, body := post(t, c, "faults", tt.fault); status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			resp, body := get(t, c.URL()+"/calls/chain")
			if resp.StatusCode != tt.status || resp.Header.Get("X-Local-Db-Calls") != tt.calls {
				t.Errorf("%d after %s calls: %s", resp.StatusCode, resp.Header.Get("X-Local-Db-Calls"), body)
			}
			if tt.status == 500 && body != `{"message":"Internal Server Error"}` {
				t.Errorf("answered %s", body)
			}
			clearFaults(t, c)
			if resp, body := get(t, c.URL()+"/calls/chain"); resp.StatusCode != 200 {
				t.Errorf("cleared: %d %s", resp.StatusCode, body)
			}
		})
	}
	t.Run("a killed process is replaced by a cold start", func(t *testing.T) {
		post(t, c, "faults", `{"kind":"kill"}`)
		get(t, c.URL()+"/calls/chain")
		clearFaults(t, c)
		for i, cold := range []string{"1", ""} {
			if resp, _ := get(t, c.URL()+"/calls/chain"); resp.Header.Get("X-Local-Cold") != cold {
				t.Errorf("call %d: cold is %q", i, resp.Header.Get("X-Local-Cold"))
			}
		}
	})
	t.Run("an invalid fault changes nothing", func(t *testing.T) {
		if status, body := post(t, c, "faults", `{"kind":"reset","function":"RoomFunction"}`); status != 400 || body != `{"error":"there is no function RoomFunction; use one of CallsFunction"}` {
			t.Errorf("%d %s", status, body)
		}
		if _, body := get(t, c.URL()+"/_local/faults"); body != `{"faults":[]}`+"\n" {
			t.Error(body)
		}
	})
}

func clearFaults(t *testing.T, c *Cloud) {
	t.Helper()
	r, err := http.NewRequest(http.MethodDelete, c.URL()+"/_local/faults", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err == nil {
		err = resp.Body.Close()
	}
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatal(fmt.Errorf("clear the faults: %w", err))
	}
}
