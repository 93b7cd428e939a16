package laptop

import (
	"net/http"
	"testing"

	"livechat/infra/test/blackbox/target"
	"livechat/shared/livechat"
)

// TestFaultsTellNoSecret makes every call about a visitor fail in each way that a
// database can fail. After all tests, the log is searched for every secret. This test
// checks that there is something to search.
func TestFaultsTellNoSecret(t *testing.T) {
	token, email := "token-of-somebody-"+livechat.NewID(), livechat.NewID()+"@example.net"
	visitor := target.JSON(map[string]any{"visitor": map[string]any{
		"token": token, "name": "Someone Special", "email": email, "phone": "+49 30 5550199",
		"customFields": []any{map[string]any{"key": "crmId", "value": "crm-of-somebody", "overwrite": true}},
	}})
	system.Send(t, http.MethodPost, api+"visitor", visitor).WantStatus(t, 200)
	rid := system.OpenRoom(t, token)
	id := system.Post(t, token, rid, "what somebody says to us")
	own := map[string]string{"token": token, "rid": rid}
	said := map[string]string{"token": token, "rid": rid, "msg": "what somebody says to us"}
	calls := func() (refused int) {
		for _, c := range []struct {
			method, path, body string
			header             []string
		}{
			{http.MethodPost, "visitor", visitor, nil},
			{http.MethodGet, "visitor/" + token, "", nil},
			{http.MethodGet, "room?token=" + token, "", nil},
			{http.MethodPost, "message", target.JSON(said), nil},
			{http.MethodPut, "message/" + id, target.JSON(said), nil},
			{http.MethodPost, "room.survey", target.Comment(token, rid, "Thank you"), nil},
			{http.MethodPost, "room.close", target.JSON(own), nil},
			{http.MethodGet, "agent.info/" + rid + "/" + token, "", nil},
			{http.MethodGet, "rooms", "", target.Manager},
			{http.MethodDelete, "visitor/" + token, "", nil},
		} {
			a, err := system.Try(c.method, api+c.path, c.body, c.header...)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status >= 500 {
				refused++
			}
		}
		return refused
	}
	for _, kind := range []string{"reset", "throttle", "error", "conflict"} {
		system.Send(t, http.MethodPost, "/_local/faults", `{"kind":"`+kind+`","rate":1}`).WantStatus(t, 200)
		refused := calls()
		system.Send(t, http.MethodDelete, "/_local/faults", "").WantStatus(t, 204)
		if refused == 0 && kind != "conflict" {
			t.Errorf("%s: no call failed", kind)
		}
	}
	if n := system.Logged(t, "request failed"); n < 20 {
		t.Errorf("%d log lines report a fault, want at least 20", n)
	}
}
