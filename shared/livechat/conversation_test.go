package livechat_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/livechat/livechattest"
)

// figures compares the members that a conversation changes; sums of seconds by the
// millisecond.
var figures = cmp.Options{
	cmpopts.IgnoreFields(livechat.Room{}, "UpdatedAt", "MaxMessageBytes"),
	cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.0005 }),
}

func served() livechat.Room {
	return livechat.Room{
		ID: "room", Type: "l", OpenedAt: 1_000_000, LastActivityAt: 1_000_000, Open: true, WaitingResponse: true, Name: "Mary",
		Visitor:  livechat.RoomVisitor{ID: "v", Username: "guest-1", Token: "token"},
		ServedBy: &livechat.ServedBy{ID: "a", Username: "ann", Ts: 1_002_500},
	}
}

var ann = livechat.User{ID: "a", Username: "ann", Name: "Ann"}

func TestFiguresAreThoseOfAReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begun := served()
		room, now := begun, begun.ServedBy.Ts
		said := livechat.Change{Room: room}
		for i := range rapid.IntRange(0, 30).Draw(t, "messages") {
			// Sometimes at the same moment, or by a clock that is late.
			now += livechat.Time(rapid.SampledFrom([]int{0, 0, 1, 999, 60_000, -5}).Draw(t, "later"))
			var m livechat.Message
			switch rapid.IntRange(0, 4).Draw(t, "who") {
			case 0, 1:
				m = room.VisitorMessage(rapid.SampledFrom([]string{"", fmt.Sprint("mine-", i)}).Draw(t, "id"), "hello", now)
			case 2, 3:
				m = room.UserMessage(ann, "yes?", now)
			default:
				m = room.Visited(livechat.PageInfo{Title: "Prices"}, now)
			}
			said = said.Post(m, livechat.NewID)
			room = said.Room
			posted := said.Messages[i]
			if i > 0 && posted.Ts <= said.Messages[i-1].Ts {
				t.Fatalf("message %d is at %v, the previous message at %v", i, posted.Ts, said.Messages[i-1].Ts)
			}
			if ts, ok := livechat.MessageTime(posted.ID); m.ID == "" && (!ok || ts != posted.Ts || len(posted.ID) != 17) {
				t.Fatalf("message %d at %v has the id %s, whose time is %v", i, posted.Ts, posted.ID, ts)
			}
		}
		if diff := cmp.Diff(livechattest.Replay(begun, said.Messages), room, figures); diff != "" {
			t.Fatalf("room (-replayed +got):\n%s", diff)
		}
	})
}

// TestSystemMessagesAreNobodysAnswer: system messages change no figures, but are in the
// order of messages.
func TestSystemMessagesAreNobodysAnswer(t *testing.T) {
	visited := served().Visited(livechat.PageInfo{Title: "Prices", Location: livechat.Location{Href: "https://a.example/"}}, 1_000_000)
	change := post(served(), visited)
	room, m := change.Room, change.Messages[0]
	if room.MessageCount != 0 || room.LastActivityAt != 1_000_000 || room.LastMessage != nil || room.Metrics != nil || !room.WaitingResponse {
		t.Errorf("the room is %+v", room)
	}
	if m.Text != "Prices - https://a.example/" || m.Type != "livechat_navigation_history" {
		t.Errorf("the message is %+v", m)
	}
	if next := post(room, room.VisitorMessage("2", "hi", 1_000_000)).Messages[0]; next.Ts != m.Ts+1 {
		t.Errorf("the next message is at %v, the previous one at %v", next.Ts, m.Ts)
	}
}

func post(r livechat.Room, m livechat.Message) livechat.Change {
	return livechat.Change{Room: r}.Post(m, livechat.NewID)
}

// TestLongestOfUnknownMessagesStaysUnknown: an import does not know the sizes of its
// messages, and a message that is posted or edited later may be shorter.
func TestLongestOfUnknownMessagesStaysUnknown(t *testing.T) {
	imported := served()
	imported.MessageCount = 3
	for name, room := range map[string]livechat.Room{
		"posted": post(imported, imported.VisitorMessage("1", "hi", 1_003_000)).Room,
		"edited": imported.ReplaceMessage(livechat.Message{ID: "1", Text: "hi"}),
	} {
		if room.MaxMessageBytes != 0 {
			t.Errorf("%s: the longest message has %d bytes", name, room.MaxMessageBytes)
		}
	}
	if first := post(served(), served().VisitorMessage("1", "hi", 1_003_000)).Room; first.MaxMessageBytes == 0 {
		t.Error("the first message of a room is not measured")
	}
}

func TestPostChangesNoOtherRoom(t *testing.T) {
	first := post(served(), served().VisitorMessage("1", "hi", 1_003_000))
	one := first.Post(first.Room.UserMessage(ann, "one", 1_004_000), livechat.NewID)
	two := first.Post(first.Room.UserMessage(ann, "two", 1_005_000), livechat.NewID)
	if one.Messages[1].Text != "one" || two.Messages[1].Text != "two" ||
		first.Room.Metrics.ServedBy != nil || one.Room.Metrics.ServedBy.LastReply != 1_004_000 {
		t.Errorf("%+v %+v", one, two)
	}
}

// TestRoomShowsTheBeginningOfALongMessage: a room shows at most 1,000 characters and
// 3,000 bytes of its last message. The message itself is not cut.
func TestRoomShowsTheBeginningOfALongMessage(t *testing.T) {
	for name, tc := range map[string]struct{ text, shown string }{
		"short":      {"hello", "hello"},
		"exactly":    {strings.Repeat("a", 1000), strings.Repeat("a", 1000)},
		"long":       {strings.Repeat("a", 5000), strings.Repeat("a", 1000)},
		"Japanese":   {strings.Repeat("あ", 5000), strings.Repeat("あ", 1000)},
		"emoji":      {strings.Repeat("😀", 5000), strings.Repeat("😀", 750)},
		"not a word": {strings.Repeat("a", 999) + "*b*", strings.Repeat("a", 999) + "*"},
	} {
		t.Run(name, func(t *testing.T) {
			change := post(served(), served().VisitorMessage("", tc.text, 1_003_000))
			if got := change.Room.LastMessage.Text; got != tc.shown {
				t.Errorf("the room shows %d characters, want %d", utf8.RuneCountInString(got), utf8.RuneCountInString(tc.shown))
			}
			if change.Messages[0].Text != tc.text {
				t.Error("the message was cut")
			}
		})
	}
}

func TestForwardedRoom(t *testing.T) {
	bob := livechat.Agent{ID: "b", Username: "bob", Name: "Bob", Status: livechat.Available}
	sales := livechat.Department{ID: "s", Name: "Sales"}
	ids := 0
	newID := func() string { ids++; return fmt.Sprint("m", ids) }
	types := func(c livechat.Change) (all []string) {
		for _, m := range c.Messages {
			all = append(all, m.Type+" by "+m.User.Username)
		}
		return all
	}

	to := served().Forward(livechat.Target{Agent: &bob}, ann, "yours", newID, 1_010_000)
	if !to.Room.ServedByUser("b") || to.Room.ServedBy.Ts != 1_010_000 || to.Room.UsersCount != 2 {
		t.Errorf("served by %+v, %d users", to.Room.ServedBy, to.Room.UsersCount)
	}
	want := []string{"livechat_transfer_history by ann", "ul by ann", "uj by bob"}
	if diff := cmp.Diff(want, types(to)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	transfer := livechat.Transfer{
		Scope: "agent", Comment: "yours",
		TransferredBy: livechat.Author{ID: "a", Username: "ann", Name: "Ann"}, TransferredTo: &livechat.Author{ID: "b", Username: "bob", Name: "Bob"},
	}
	if diff := cmp.Diff(&transfer, to.Messages[0].Transfer); diff != "" {
		t.Errorf("transfer (-want +got):\n%s", diff)
	}

	queue := served().Forward(livechat.Target{Department: &sales}, ann, "", newID, 1_010_000)
	if r := queue.Room; r.ServedBy != nil || r.UsersCount != 1 || r.DepartmentID != "s" || r.QueuedAt != 1_010_000 {
		t.Errorf("the room is %+v", r)
	}
	if diff := cmp.Diff([]string{"livechat_transfer_history by ann", "ul by ann"}, types(queue)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if got := queue.Messages[0].Transfer; got.Scope != "department" || got.NextDepartment.Name != "Sales" {
		t.Errorf("transfer %+v", got)
	}
}

func TestRoute(t *testing.T) {
	on, off := livechat.Available, livechat.NotAvailable
	agents := []livechat.Agent{
		{ID: "1", Username: "ann", Status: on, Departments: []string{"sales"}},
		{ID: "2", Username: "bob", Status: off, Departments: []string{"night", "round"}},
		{ID: "3", Username: "cleo", Status: on, Departments: []string{"day"}, OpenRooms: 9},
	}
	departments := []livechat.Department{
		{ID: "sales"}, {ID: "night", Fallback: "day"}, {ID: "day"}, {ID: "far", Fallback: "night"},
		{ID: "round", Fallback: "about"}, {ID: "about", Fallback: "round"}, {ID: "lost", Fallback: "deleted"},
	}
	for name, tc := range map[string]struct{ department, wanted, agent, at string }{
		"its own":                    {"sales", "", "1", "sales"},
		"no department":              {"", "", "1", ""},
		"fallback":                   {"night", "", "3", "day"},
		"fallback of the fallback":   {"far", "", "3", "day"},
		"wanted one before fallback": {"night", "1", "1", "night"},
		"circular fallback":          {"round", "", "", "round"},
		"fallback is deleted":        {"lost", "", "", "lost"},
		"unknown":                    {"what", "", "", "what"},
	} {
		t.Run(name, func(t *testing.T) {
			agent, at, online := livechat.Route(agents, departments, tc.department, tc.wanted, livechat.LeastBusy)
			if agent.ID != tc.agent || at != tc.at || online != (tc.agent != "") {
				t.Errorf("agent %q in %q, want %q in %q", agent.ID, at, tc.agent, tc.at)
			}
		})
	}
}
