package laptop

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"livechat/infra/test/blackbox/target"
)

// consumed returns the capacity that an answer reports for its database calls.
func consumed(t *testing.T, a target.Answer) (read, write float64) {
	t.Helper()
	for name, units := range map[string]*float64{"X-Local-Db-Read-Units": &read, "X-Local-Db-Write-Units": &write} {
		var err error
		if *units, err = strconv.ParseFloat(a.Header.Get(name), 64); err != nil {
			t.Fatal(err)
		}
	}
	return read, write
}

// TestUnits has a conversation while the clock is stopped, so that no schedule consumes
// capacity.
func TestUnits(t *testing.T) {
	standStill(t)
	token, _ := system.Register(t)
	rid := system.OpenRoom(t, token)
	said := func(text string) string {
		return target.JSON(map[string]string{"token": token, "rid": rid, "msg": text})
	}
	system.Send(t, http.MethodDelete, "/_local/keys", "").WantStatus(t, 204)
	read, write := 0.0, 0.0
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		mostRead                 float64
		leastWrite, mostWrite    float64
	}{
		{"visitor", http.MethodGet, "visitor/" + token, "", 200, 1, 0, 0},
		{"nobody", http.MethodGet, "visitor/nobody", "", 400, 1, 0, 0},
		{"broken body", http.MethodPost, "message", "{", 400, 0, 0, 0},
		{"message", http.MethodPost, "message", said("Hello"), 200, 6, 2, 12},
		{"message of 10 KB", http.MethodPost, "message", said(strings.Repeat("é", 5000)), 200, 6, 10, 50},
		{"history", http.MethodGet, "messages.history/" + rid + "?token=" + token, "", 200, 10, 0, 0},
		{"close", http.MethodPost, "room.close", target.Close(token, rid), 200, 12, 4, 120},
	} {
		a := system.Send(t, tc.method, api+tc.path, tc.body)
		if a.Status != tc.status {
			t.Fatalf("%s: %d %s", tc.name, a.Status, a.Body)
		}
		r, w := consumed(t, a)
		if r > tc.mostRead || tc.mostRead == 1 && r != 1 || w < tc.leastWrite || w > tc.mostWrite {
			t.Errorf("%s consumes %v read and %v write units, want at most %v, and %v to %v", tc.name, r, w, tc.mostRead, tc.leastWrite, tc.mostWrite)
		}
		read, write = read+r, write+w
	}
	keys := system.Send(t, http.MethodGet, "/_local/keys", "")
	for _, one := range keys.Member(t, "keys").([]any) {
		key := one.(map[string]any)
		read, write = read-key["readUnits"].(float64), write-key["writeUnits"].(float64)
		if key["pk"] == "" {
			t.Errorf("units without a key: %v", key)
		}
	}
	if read != 0 || write != 0 {
		t.Errorf("the answers report %v read and %v write units more than the keys: %s", read, write, keys.Body)
	}
}
