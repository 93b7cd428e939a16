package laptop

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/infra/test/blackbox/target"
)

// step is an action at a time.
type step struct {
	at string
	do func()
}

// TestPublishedRoomIsPlayed replays the conversation of the published room document on
// its own cloud, whose clock is stopped at each of the document's times. The result
// matches the document, except where the document contradicts itself:
//
//   - metrics.servedBy.lr, the agent's last reply, is before metrics.reaction.fd, the
//     agent's first reply. Here it is the time of the second reply, which
//     response.total and response.tt include.
//   - lastMessage._updatedAt is 141 ms after its ts: there, the message was written
//     twice.
//
// The second reply that response.tt counts came 185 ms after a question whose time the
// document does not give. Any time between the two other replies gives the same figures.
func TestPublishedRoomIsPlayed(t *testing.T) {
	cloud, end, err := target.Laptop(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	const faria = "XycfA5CetCPuEjqxw"
	const token = "played-by-mary-at-her-desk"
	agent := cloud.SignIn(t, faria)
	call := func(method, path string, body any, header ...string) target.Answer {
		t.Helper()
		a := cloud.Send(t, method, target.API+path, target.JSON(body), header...)
		a.WantStatus(t, 200)
		return a
	}
	visitorSays := func(text string) func() {
		return func() { cloud.Post(t, token, cloud.OpenRoom(t, token), text) }
	}
	agentSays := func(text string) func() {
		return func() { cloud.Answer(t, cloud.OpenRoom(t, token), text, agent...) }
	}
	for _, s := range []step{
		{"2021-07-09T20:11:48.220Z", func() {
			call(http.MethodPost, "visitor", map[string]any{"visitor": map[string]string{"token": token, "name": "Mary", "department": "Support"}})
			cloud.Online(t, "not-available")
		}},
		{"2021-07-09T20:12:19.795Z", func() { cloud.OpenRoom(t, token) }},
		{"2021-07-09T20:12:20.555Z", visitorSays("a")},
		{"2021-07-09T20:14:00.000Z", visitorSays("b")},
		{"2021-07-09T20:15:00.000Z", visitorSays("c")},
		{"2021-07-09T20:19:29.422Z", func() {
			call(http.MethodPost, "agent.status", map[string]string{"status": "available"}, agent...)
			call(http.MethodPost, "inquiries.take", map[string]string{"inquiryId": cloud.OpenRoom(t, token)}, agent...)
		}},
		{"2021-07-09T20:19:53.243Z", agentSays("first")},
		{"2021-07-09T20:20:10.000Z", visitorSays("?")},
		{"2021-07-09T20:20:10.185Z", agentSays("second")},
		{"2021-07-09T20:20:58.755Z", visitorSays("d")},
		{"2021-07-09T20:21:07.334Z", func() {
			call(http.MethodPost, "custom.field", map[string]any{
				"token": token, "key": "salesforceCrmContactId", "value": "0032y000009mtOIAAY", "overwrite": true,
			})
			call(http.MethodPost, "visitor.status", map[string]string{"token": token, "status": "offline"})
		}},
	} {
		cloud.Send(t, http.MethodPost, "/_local/clock", `{"stop":"`+s.at+`"}`).WantStatus(t, 200)
		s.do()
	}

	played := call(http.MethodGet, "room?token="+token, nil).Body
	got := target.Member(t, played, "room").(map[string]any)
	want := publishedRoom(t)
	// These ids and names differ every time.
	for _, path := range [][]string{{"_id"}, {"v", "_id"}, {"v", "username"}, {"v", "token"}, {"lastMessage"}} {
		copyMember(want, got, path...)
	}
	// The document of a newer version also has these members. There are no parent
	// departments here.
	for _, name := range []string{"source", "queuedAt", "priorityWeight", "estimatedWaitingTimeQueue"} {
		want[name] = got[name]
	}
	delete(want, "departmentAncestors")
	want["metrics"].(map[string]any)["servedBy"] = map[string]any{"lr": "2021-07-09T20:20:10.185Z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("room (-published +played):\n%s", diff)
	}
	last := got["lastMessage"].(map[string]any)
	if last["msg"] != "d" || last["ts"] != "2021-07-09T20:20:58.755Z" || last["alias"] != "Mary" || last["token"] != token {
		t.Errorf("the last message is %v", last)
	}
}

func publishedRoom(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "room.json"))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Room map[string]any }
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Room
}

// copyMember copies the member at path from one document to another.
func copyMember(to, from map[string]any, path ...string) {
	for len(path) > 1 {
		to, from, path = to[path[0]].(map[string]any), from[path[0]].(map[string]any), path[1:]
	}
	to[path[0]] = from[path[0]]
}
