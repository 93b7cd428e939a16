package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
)

var now = storetest.Now

// closed writes a closed room of the visitor to the table.
func closed(t testing.TB, s *store.Store, v livechat.Visitor) livechat.Room {
	t.Helper()
	room := storetest.NewRoom(t, v).Room
	room.Open, room.WaitingResponse, room.ClosedAt = false, false, now
	if err := s.PutRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	return room
}

func give(r livechat.Room, v livechat.Visitor) (livechat.Room, livechat.AuditEntry, error) {
	room, entry := r.MoveTo(v, livechat.AuditEntry{ID: livechat.NewID(), UserID: "agent", Ts: now})
	return room, entry, nil
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func TestPublishedRoomComesBackAsItWasStored(t *testing.T) {
	s := storetest.New(t)
	published, err := os.ReadFile("testdata/room.json")
	if err != nil {
		t.Fatal(err)
	}
	var room livechat.Room
	if err := json.Unmarshal(published, &room); err != nil {
		t.Fatal(err)
	}
	if err := s.PutRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	stored, err := s.RoomByID(t.Context(), room.ID)
	if err != nil {
		t.Fatal(err)
	}
	wire, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := errors.Join(json.Unmarshal(wire, &got), json.Unmarshal(published, &want)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the stored room differs from the published one (-want +got):\n%s", diff)
	}
}

func TestVisitorsAreNumberedAndUnique(t *testing.T) {
	s := storetest.New(t)
	first, second := storetest.Register(t, s, "one"), storetest.Register(t, s, "two")
	if first.Username != "guest-1" || second.Username != "guest-2" {
		t.Errorf("usernames %q and %q, want guest-1 and guest-2", first.Username, second.Username)
	}
	visitor, room, err := s.VisitorByToken(t.Context(), "one")
	if err != nil || room != nil {
		t.Fatalf("room %v, %v", room, err)
	}
	first.Version = 1
	if diff := cmp.Diff(first, visitor); diff != "" {
		t.Errorf("stored visitor (-registered +read):\n%s", diff)
	}
	_, _, err = s.VisitorByToken(t.Context(), "three")
	wantError(t, err, livechat.ErrInvalidToken)
}

func TestRenamingRenamesTheOpenRoom(t *testing.T) {
	s := storetest.New(t)
	v := storetest.Register(t, s, "token")
	room := storetest.Open(t, s, v)
	_, err := s.RegisterVisitor(t.Context(), "token", func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
		if !known {
			t.Error("the visitor is not known")
		}
		return livechat.Registration{Name: "Ada"}.Apply(v, nil, now.Add(time.Minute))
	})
	if err != nil {
		t.Fatal(err)
	}
	_, renamed, err := s.VisitorByToken(t.Context(), "token")
	if err != nil {
		t.Fatal(err)
	}
	if renamed.ID != room.ID || renamed.Name != "Ada" || renamed.UpdatedAt != now.Add(time.Minute) {
		t.Errorf("room %s has the name %q since %s, want %s Ada", renamed.ID, renamed.Name, renamed.UpdatedAt, room.ID)
	}
}

func TestOpeningTwiceGivesTheFirstRoom(t *testing.T) {
	s := storetest.New(t)
	v := storetest.Register(t, s, "token")
	first := storetest.Open(t, s, v)
	second, opened, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, v))
	if err != nil || opened {
		t.Fatalf("opened %v, %v", opened, err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second call got another room (-first +second):\n%s", diff)
	}
}

func TestOpenRoomsAreTheAgentsLoad(t *testing.T) {
	s := storetest.New(t)
	agent := storetest.AddAgent(t, s, "mary")
	storetest.AddAgent(t, s, "tom")
	loads := func() map[string]int {
		t.Helper()
		agents, err := s.AgentsWithLoad(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		loads := map[string]int{}
		for _, a := range agents {
			loads[a.Username] = a.OpenRooms
		}
		return loads
	}
	var last livechat.Room
	for i := range 3 {
		visitor := storetest.Register(t, s, fmt.Sprint("token-", i))
		for range 2 { // the second call finds the room open
			var err error
			if last, _, err = s.OpenRoom(t.Context(), storetest.NewRoom(t, visitor, agent)); err != nil {
				t.Fatal(err)
			}
		}
	}
	storetest.Open(t, s, storetest.Register(t, s, "waits"))
	if diff := cmp.Diff(map[string]int{"mary": 3, "tom": 0}, loads()); diff != "" {
		t.Errorf("loads (-want +got):\n%s", diff)
	}
	if _, err := s.CloseRoom(t.Context(), last.ID, closing); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"mary": 2, "tom": 0}, loads()); diff != "" {
		t.Errorf("loads after a closing (-want +got):\n%s", diff)
	}
}

func TestAnswersMergeAndKeepTheirHistory(t *testing.T) {
	s := storetest.New(t)
	v := storetest.Register(t, s, "token")
	for name, room := range map[string]livechat.Room{"open": storetest.Open(t, s, v), "closed": closed(t, s, v)} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "3"})); err != nil {
				t.Fatal(err)
			}
			got, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(livechat.Answers{"agentKnowledge": "5"}))
			if err != nil {
				t.Fatal(err)
			}
			want := livechat.Answers{"satisfaction": "3", "agentKnowledge": "5"}
			if diff := cmp.Diff(want, got.SurveyFeedback); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			stored, err := s.RoomByID(t.Context(), room.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, stored.SurveyFeedback); diff != "" {
				t.Errorf("stored answers (-want +got):\n%s", diff)
			}
			history, err := s.AnswerHistory(t.Context(), room.ID)
			if err != nil || len(history) != 2 {
				t.Errorf("history has %d entries, want 2 (%v)", len(history), err)
			}
		})
	}
	_, err := s.AnswerSurvey(t.Context(), "nobody", "room", storetest.Answer(nil))
	wantError(t, err, livechat.ErrInvalidToken)
	_, err = s.AnswerSurvey(t.Context(), "token", "room", storetest.Answer(nil))
	wantError(t, err, livechat.ErrInvalidRoom)
	storetest.Register(t, s, "stranger")
	_, err = s.AnswerSurvey(t.Context(), "stranger", storetest.Open(t, s, storetest.Register(t, s, "other")).ID, storetest.Answer(nil))
	wantError(t, err, livechat.ErrInvalidRoom)
}

func TestMovedRoomLeavesItsVisitor(t *testing.T) {
	for _, kind := range []string{"open", "closed"} {
		t.Run(kind, func(t *testing.T) {
			s := storetest.New(t)
			from, to := storetest.Register(t, s, "from"), storetest.Register(t, s, "to")
			room := closed(t, s, from)
			if kind == "open" {
				room = storetest.Open(t, s, from)
			}
			if _, err := s.AnswerSurvey(t.Context(), "from", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "4"})); err != nil {
				t.Fatal(err)
			}
			moved, err := s.MoveRoom(t.Context(), room.ID, to.ID, give)
			if err != nil {
				t.Fatal(err)
			}
			if moved.Visitor.ID != to.ID || moved.Name != to.Username {
				t.Errorf("moved to %s %q, want %s %q", moved.Visitor.ID, moved.Name, to.ID, to.Username)
			}
			if want := map[string]string{"open": "online", "closed": "offline"}[kind]; moved.Visitor.Status != want {
				t.Errorf("the visitor is %s, want %s", moved.Visitor.Status, want)
			}
			_, err = s.AnswerSurvey(t.Context(), "from", room.ID, storetest.Answer(livechat.Answers{"satisfaction": "1"}))
			wantError(t, err, livechat.ErrInvalidRoom)
			got, err := s.AnswerSurvey(t.Context(), "to", room.ID, storetest.Answer(livechat.Answers{"agentKnowledge": "2"}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(livechat.Answers{"satisfaction": "4", "agentKnowledge": "2"}, got.SurveyFeedback); diff != "" {
				t.Errorf("the survey did not go with the room (-want +got):\n%s", diff)
			}
			audit, err := s.Audit(t.Context(), room.ID)
			if err != nil || len(audit) != 1 {
				t.Fatalf("audit has %d entries, want 1 (%v)", len(audit), err)
			}
			want := livechat.AuditEntry{
				ID: audit[0].ID, Action: livechat.AuditRoomMoved, Ts: now,
				UserID: "agent", RoomID: room.ID, From: from.ID, To: to.ID,
			}
			if diff := cmp.Diff(want, audit[0]); diff != "" {
				t.Errorf("audit (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMoveRefusals(t *testing.T) {
	s := storetest.New(t)
	from, to := storetest.Register(t, s, "from"), storetest.Register(t, s, "to")
	room := storetest.Open(t, s, from)
	_, err := s.MoveRoom(t.Context(), "unknown", "unknown", give)
	wantError(t, err, livechat.ErrInvalidVisitor)
	_, err = s.MoveRoom(t.Context(), "unknown", to.ID, give)
	wantError(t, err, livechat.ErrInvalidRoom)
	storetest.Open(t, s, to)
	_, err = s.MoveRoom(t.Context(), room.ID, to.ID, give)
	wantError(t, err, livechat.ErrVisitorHasOpenRoom)
	same, err := s.MoveRoom(t.Context(), room.ID, from.ID, give)
	if err != nil || same.Visitor.ID != from.ID {
		t.Errorf("moving a room to its own visitor: %s, %v", same.Visitor.ID, err)
	}
	audit, err := s.Audit(t.Context(), room.ID)
	if err != nil || len(audit) != 0 {
		t.Errorf("%d audit entries of moves without effect (%v)", len(audit), err)
	}
}

func TestDeletionLeavesNothingPersonal(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	v := storetest.Register(t, s, "secret-token")
	room := closed(t, s, v)
	if _, err := s.AnswerSurvey(t.Context(), "secret-token", room.ID, storetest.Answer(livechat.Answers{livechat.AdditionalFeedback: "personal"})); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteVisitor(t.Context(), "secret-token", now, storetest.Deletion); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, item := range raw.Items(t) {
		left = append(left, item.Key().PK+" "+item.Key().SK)
	}
	for _, key := range left {
		// The tombstone is stored under the hash of the token, and expires.
		if !strings.HasPrefix(key, "AUDIT#"+v.ID) && key != layout.VisitorPartition("secret-token")+" OPEN" && key != "COUNTER#guest COUNTER" {
			t.Errorf("left over: %s", key)
		}
	}
	_, _, err := s.VisitorByToken(t.Context(), "secret-token")
	wantError(t, err, livechat.ErrInvalidToken)
	_, err = s.DeleteVisitor(t.Context(), "secret-token", now, storetest.Deletion)
	wantError(t, err, livechat.ErrInvalidToken)
	audit, err := s.Audit(t.Context(), v.ID)
	if err != nil || len(audit) != 1 || audit[0].Action != livechat.AuditVisitorDeleted {
		t.Errorf("audit %v, %v", audit, err)
	}
}

func TestNoRoomIsOpenedBeneathADeletion(t *testing.T) {
	s := storetest.New(t)
	v := storetest.Register(t, s, "token")
	other := storetest.Register(t, s, "other")
	foreign := closed(t, s, other)
	late := storetest.NewRoom(t, v)
	if _, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.OpenRoom(t.Context(), late)
	wantError(t, err, livechat.ErrInvalidToken)
	_, err = s.MoveRoom(t.Context(), foreign.ID, v.ID, give)
	wantError(t, err, livechat.ErrInvalidVisitor)

	// Anyone who registers again with the token is another visitor, and can open a room
	// immediately.
	again := storetest.Register(t, s, "token")
	room := storetest.Open(t, s, again)
	if room.Visitor.ID == v.ID {
		t.Error("the new visitor has the deleted one's id")
	}
	_, _, err = s.OpenRoom(t.Context(), late)
	if err != nil {
		t.Fatal(err)
	}
	_, now, err := s.VisitorByToken(t.Context(), "token")
	if err != nil || now == nil || now.ID != room.ID {
		t.Errorf("open room is %v, want %s (%v)", now, room.ID, err)
	}
}

func TestVisitorWithOpenRoomIsNotDeleted(t *testing.T) {
	s := storetest.New(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	_, err := s.DeleteVisitor(t.Context(), "token", now, storetest.Deletion)
	wantError(t, err, livechat.ErrRoomsStillOpen)
	_, still, err := s.VisitorByToken(t.Context(), "token")
	if err != nil || still == nil || still.ID != room.ID {
		t.Errorf("room %v, %v", still, err)
	}
}

func TestDeadlineEndsAsUnavailable(t *testing.T) {
	s := storetest.New(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, _, err := s.VisitorByToken(ctx, "token")
	if known, ok := errors.AsType[*livechat.Error](err); !ok || known.Kind != livechat.Unavailable {
		t.Errorf("got %v, want kind Unavailable", err)
	}
}

// TestLongAnswersStayOutOfTheRoomsItem, because every message rewrites the room's item.
// Calls that read the answers get them in full.
func TestLongAnswersStayOutOfTheRoomsItem(t *testing.T) {
	long := strings.Repeat("あ", 1000)
	s, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	answer := func(given livechat.Answers) livechat.Answers {
		t.Helper()
		answered, err := s.AnswerSurvey(t.Context(), "token", room.ID, storetest.Answer(given))
		if err != nil {
			t.Fatal(err)
		}
		return answered.SurveyFeedback
	}
	answer(livechat.Answers{livechat.AdditionalFeedback: long})
	merged := answer(livechat.Answers{"satisfaction": "4"})
	if diff := cmp.Diff(livechat.Answers{livechat.AdditionalFeedback: long, "satisfaction": "4"}, merged); diff != "" {
		t.Errorf("merged answers (-want +got):\n%s", diff)
	}
	storetest.VisitorSays(t, s, room, "hello")
	for _, item := range raw.Items(t) {
		if text := itemText(t, item); item.Key() == layout.OpenKey("token") && len(text) > 4096 {
			t.Errorf("the room's item has %d bytes", len(text))
		}
	}
	shown, err := s.RoomByID(t.Context(), room.ID)
	if got := shown.SurveyFeedback[livechat.AdditionalFeedback]; err != nil || !strings.HasPrefix(long, got) || len(got) < 250 {
		t.Errorf("the room shows %d bytes of the answer (%v)", len(got), err)
	}
	if closed, err := s.CloseRoom(t.Context(), room.ID, closing); err != nil || closed.Survey.RoomID == "" {
		t.Fatal(err)
	}
	personal, err := s.ExportVisitor(t.Context(), "token")
	if err != nil || personal.Rooms[0].Room.SurveyFeedback[livechat.AdditionalFeedback] != long || len(personal.Rooms[0].Answers) != 2 {
		t.Errorf("exported %d bytes and %d entries (%v)", len(personal.Rooms[0].Room.SurveyFeedback[livechat.AdditionalFeedback]), len(personal.Rooms[0].Answers), err)
	}
	short := answer(livechat.Answers{livechat.AdditionalFeedback: "fine"})
	if short[livechat.AdditionalFeedback] != "fine" {
		t.Errorf("the answers are %v", short)
	}
	for _, item := range raw.Items(t) {
		if item.Key() == layout.LongAnswersKey(room.ID) {
			t.Error("the long answer is still stored after a short answer replaced it")
		}
	}
}
