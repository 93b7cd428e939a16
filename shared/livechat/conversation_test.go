package livechat_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/livechat/livechattest"
)

// figures compares what a conversation changes; sums of seconds by the millisecond.
var figures = cmp.Options{
	cmpopts.IgnoreFields(livechat.Room{}, "Unsaved", "Settled", "Latest", "Messages", "UpdatedAt"),
	cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.0005 }),
}

func served() livechat.Room {
	return livechat.Room{
		ID: "room", Type: "l", Ts: 1_000_000, Lm: 1_000_000, Open: true, WaitingResponse: true, Fname: "Mary",
		Visitor:  livechat.RoomVisitor{ID: "v", Username: "guest-1", Token: "token"},
		ServedBy: &livechat.ServedBy{ID: "a", Username: "ann", Ts: 1_002_500},
	}
}

var ann = livechat.User{ID: "a", Username: "ann", Name: "Ann"}

func TestFiguresAreThoseOfAReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begun := served()
		room, now := begun, begun.ServedBy.Ts
		var said []livechat.Message
		for i := range rapid.IntRange(0, 30).Draw(t, "messages") {
			// Now and then at the same moment, or by a clock that is behind.
			now += livechat.Time(rapid.SampledFrom([]int{0, 0, 1, 999, 60_000, -5}).Draw(t, "later"))
			id := fmt.Sprint(i)
			var m livechat.Message
			switch rapid.IntRange(0, 4).Draw(t, "who") {
			case 0, 1:
				m = room.VisitorMessage(id, "hello", now)
			case 2, 3:
				m = room.UserMessage(id, ann, "yes?", now)
			default:
				m = room.Visited(livechat.PageInfo{Title: "Prices"}, id, now)
			}
			room, m = room.Append(m)
			if len(said) > 0 && m.Ts <= said[len(said)-1].Ts {
				t.Fatalf("message %d is at %v, the one before at %v", i, m.Ts, said[len(said)-1].Ts)
			}
			said = append(said, m)
		}
		if diff := cmp.Diff(livechattest.Replay(begun, said), room, figures); diff != "" {
			t.Fatalf("room (-replayed +got):\n%s", diff)
		}
		if room.Messages != len(said) || len(room.Unsaved) != len(said) {
			t.Fatalf("%d messages, %d unsaved, of %d", room.Messages, len(room.Unsaved), len(said))
		}
	})
}

// TestSystemMessagesAreNobodysAnswer: they change no figure, and have their place
// in the order.
func TestSystemMessagesAreNobodysAnswer(t *testing.T) {
	room, m := served().Append(served().Visited(livechat.PageInfo{Title: "Prices", Location: livechat.Location{Href: "https://a.example/"}}, "1", 1_000_000))
	if room.Msgs != 0 || room.Lm != 1_000_000 || room.LastMessage != nil || room.Metrics != nil || !room.WaitingResponse {
		t.Errorf("the room is %+v", room)
	}
	if m.Text != "Prices - https://a.example/" || m.Type != "livechat_navigation_history" {
		t.Errorf("the message is %+v", m)
	}
	if _, next := room.Append(room.VisitorMessage("2", "hi", 1_000_000)); next.Ts != m.Ts+1 {
		t.Errorf("the next is at %v, the one before at %v", next.Ts, m.Ts)
	}
}

func TestAppendChangesNoOtherRoom(t *testing.T) {
	room, _ := served().Append(served().VisitorMessage("1", "hi", 1_003_000))
	one, _ := room.Append(room.UserMessage("2", ann, "one", 1_004_000))
	two, _ := room.Append(room.UserMessage("3", ann, "two", 1_005_000))
	if one.Unsaved[1].ID != "2" || two.Unsaved[1].ID != "3" || room.Metrics.ServedBy != nil || one.Metrics.ServedBy.LastReply != 1_004_000 {
		t.Errorf("%+v %+v", one, two)
	}
}

func TestForwardedRoom(t *testing.T) {
	bob := livechat.Agent{ID: "b", Username: "bob", Name: "Bob", Status: livechat.Available}
	sales := livechat.Department{ID: "s", Name: "Sales"}
	ids := 0
	newID := func() string { ids++; return fmt.Sprint("m", ids) }
	types := func(r livechat.Room) (all []string) {
		for _, m := range r.Unsaved {
			all = append(all, m.Type+" by "+m.User.Username)
		}
		return all
	}

	to := served().Forward(livechat.Target{Agent: &bob}, ann, "yours", newID, 1_010_000)
	if !to.ServedByUser("b") || to.ServedBy.Ts != 1_010_000 || to.UsersCount != 2 {
		t.Errorf("served by %+v, %d users", to.ServedBy, to.UsersCount)
	}
	want := []string{"livechat_transfer_history by ann", "ul by ann", "uj by bob"}
	if diff := cmp.Diff(want, types(to)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	transfer := livechat.Transfer{
		Scope: "agent", Comment: "yours",
		TransferredBy: livechat.Author{ID: "a", Username: "ann", Name: "Ann"}, TransferredTo: &livechat.Author{ID: "b", Username: "bob", Name: "Bob"},
	}
	if diff := cmp.Diff(&transfer, to.Unsaved[0].Transfer); diff != "" {
		t.Errorf("transfer (-want +got):\n%s", diff)
	}

	queue := served().Forward(livechat.Target{Department: &sales}, ann, "", newID, 1_010_000)
	if queue.ServedBy != nil || queue.UsersCount != 1 || queue.DepartmentID != "s" || queue.QueuedAt != 1_010_000 {
		t.Errorf("the room is %+v", queue)
	}
	if diff := cmp.Diff([]string{"livechat_transfer_history by ann", "ul by ann"}, types(queue)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if got := queue.Unsaved[0].Transfer; got.Scope != "department" || got.NextDepartment.Name != "Sales" {
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
		"none wanted":                {"", "", "1", ""},
		"fallback":                   {"night", "", "3", "day"},
		"fallback of the fallback":   {"far", "", "3", "day"},
		"wanted one before fallback": {"night", "1", "1", "night"},
		"round in a circle":          {"round", "", "", "round"},
		"fallback is no more":        {"lost", "", "", "lost"},
		"unknown":                    {"what", "", "", "what"},
	} {
		t.Run(name, func(t *testing.T) {
			agent, at, online := livechat.Route(agents, departments, tc.department, tc.wanted)
			if agent.ID != tc.agent || at != tc.at || online != (tc.agent != "") {
				t.Errorf("agent %q in %q, want %q in %q", agent.ID, at, tc.agent, tc.at)
			}
		})
	}
}
