package livechat_test

import (
	"encoding/json"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

func TestNewIDIsMadeOfTheWiresAlphabet(t *testing.T) {
	const alphabet = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
	seen, letters := map[string]bool{}, map[rune]int{}
	const ids = 10000
	for range ids {
		id := livechat.NewID()
		if len(id) != 17 || seen[id] {
			t.Fatalf("id %q: length %d, seen before %v", id, len(id), seen[id])
		}
		seen[id] = true
		for _, letter := range id {
			letters[letter]++
		}
	}
	for _, letter := range alphabet {
		// 3,091 of each on average; a deviation of 10 % is five sigma.
		if n := letters[letter]; n < 2780 || n > 3400 {
			t.Errorf("letter %c occurs %d times in %d ids", letter, n, ids)
		}
		delete(letters, letter)
	}
	if len(letters) > 0 {
		t.Errorf("letters outside the alphabet: %v", letters)
	}
}

func TestTimeIsWrittenInMilliseconds(t *testing.T) {
	at := livechat.At(time.Date(2021, 7, 9, 22, 12, 19, 795999999, time.FixedZone("", 2*3600)))
	text, err := json.Marshal(at)
	if err != nil || string(text) != `"2021-07-09T20:12:19.795Z"` {
		t.Errorf("written %s, %v", text, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := livechat.Time(rapid.Int64Range(1, 253402300799999).Draw(t, "ms"))
		var back livechat.Time
		text, err := at.MarshalText()
		if err := errors.Join(err, back.UnmarshalText(text)); err != nil || back != at {
			t.Fatalf("%d came back as %d, %v", at, back, err)
		}
	})
}

func TestPickAgent(t *testing.T) {
	const on, off = livechat.Available, livechat.NotAvailable
	agents := []livechat.Agent{
		{ID: "1", Username: "dora", Status: on, OpenRooms: 2, Departments: []string{"sales"}},
		{ID: "2", Username: "carl", Status: on, OpenRooms: 1},
		{ID: "3", Username: "bert", Status: on, OpenRooms: 1},
		{ID: "4", Username: "anna", Status: off, Departments: []string{"sales", "night"}},
	}
	for name, tc := range map[string]struct{ department, wanted, want string }{
		"fewest rooms, then username":        {"", "", "bert"},
		"wanted":                             {"", "1", "dora"},
		"wanted one is offline":              {"", "4", "bert"},
		"wanted one is unknown":              {"", "undefined", "bert"},
		"department":                         {"sales", "", "dora"},
		"wanted from elsewhere":              {"sales", "2", "carl"},
		"wanted one is offline, department":  {"sales", "4", "dora"},
		"department with nobody online":      {"night", "", ""},
		"department that nobody works in":    {"other", "", ""},
		"nobody's department, wanted online": {"other", "3", "bert"},
	} {
		t.Run(name, func(t *testing.T) {
			agent, found := livechat.PickAgent(agents, tc.department, tc.wanted, livechat.LeastBusy)
			if agent.Username != tc.want || found != (tc.want != "") {
				t.Errorf("picked %q, found %v; want %q", agent.Username, found, tc.want)
			}
		})
	}
}

func TestManualRoutingLeavesRoomsInTheQueue(t *testing.T) {
	settings, err := settings.New(settings.Changes{Values: map[string]string{"routingMethod": "manual"}})
	if err != nil {
		t.Fatal(err)
	}
	agents := []livechat.Agent{{ID: "1", Username: "dora", Status: livechat.Available}}
	opened, err := livechat.OpenRoom(livechat.OpenParams{ID: "r", AgentID: "1", NewID: livechat.NewID, Choose: livechat.LeastBusy}, settings, agents, nil)
	if room := opened.Room; err != nil || room.ServedBy != nil || room.UsersCount != 1 {
		t.Errorf("served by %v, %d users, %v", opened.Room.ServedBy, opened.Room.UsersCount, err)
	}
}

// TestAnswersMerge compares any sequence of survey calls with a plain map.
func TestAnswersMerge(t *testing.T) {
	names := []string{"satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness", "additionalFeedback", "agentResponsiveness"}
	rapid.Check(t, func(t *rapid.T) {
		var room livechat.Room
		model := livechat.Answers{}
		for range rapid.IntRange(1, 8).Draw(t, "calls") {
			var items []livechat.Answer
			for range rapid.IntRange(0, 5).Draw(t, "items") {
				items = append(items, livechat.Answer{
					Name:  rapid.SampledFrom(names).Draw(t, "name"),
					Value: rapid.SampledFrom([]string{"0", "1", "3", "5", "6", "10", "", "free text"}).Draw(t, "value"),
				})
			}
			replace := rapid.Bool().Draw(t, "replace")
			before, was := room.SurveyFeedback, maps.Clone(room.SurveyFeedback)
			room = room.Answer(livechat.Usable(items), replace, 1)
			if replace {
				model = livechat.Answers{}
			}
			for _, i := range items {
				rating := i.Value == "1" || i.Value == "3" || i.Value == "5"
				if i.Name == "additionalFeedback" || i.Name != "agentResponsiveness" && rating {
					model[i.Name] = i.Value
				}
			}
			if diff := cmp.Diff(model, room.SurveyFeedback); diff != "" {
				t.Fatalf("answers (-model +room):\n%s", diff)
			}
			if diff := cmp.Diff(was, before); diff != "" {
				t.Fatalf("the earlier answers were changed in place (-was +is):\n%s", diff)
			}
		}
	})
}

func TestPermissions(t *testing.T) {
	for role, may := range map[string]bool{
		livechat.RoleAgent: true, livechat.RoleMonitor: true, livechat.RoleManager: true, livechat.RoleAdmin: true,
		"guest": false, "": false,
	} {
		if got := (livechat.User{Roles: []string{role}}).May(livechat.ViewRoom); got != may {
			t.Errorf("role %q may view rooms: %v, want %v", role, got, may)
		}
	}
	if (livechat.User{Roles: livechat.Roles}).May("unheard-of") {
		t.Error("an unknown permission is granted")
	}
}

func TestLeastBusyAfterOthers(t *testing.T) {
	agents := []livechat.Agent{{Username: "ann", OpenRooms: 2}, {Username: "bob"}, {Username: "cy"}}
	var got []string
	for others := -1; others < 8; others++ {
		got = append(got, livechat.LeastBusyAfter(others)(agents).Username)
	}
	want := []string{"bob", "bob", "cy", "bob", "cy", "ann", "bob", "cy", "ann"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after -1, 0, 1 … others (-want +got):\n%s", diff)
	}
	if agents[1].OpenRooms != 0 {
		t.Error("the loads of the caller's agents were changed")
	}
}
