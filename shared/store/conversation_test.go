package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/livechat/livechattest"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
	"livechat/shared/store/table"
)

// figures compares the members that a conversation changes.
var figures = cmp.Options{
	cmpopts.IgnoreFields(livechat.Room{}, "UpdatedAt", "Version", "MaxMessageBytes"),
	cmpopts.EquateApprox(0, 0.0005),
}

func anybody(livechat.Room) error { return nil }

// history returns all of the room's messages, oldest first, read page by page.
func history(t testing.TB, s *store.Store, rid string) []livechat.Message {
	t.Helper()
	var all []livechat.Message
	page := livechat.HistoryPage{Limit: 100_000}
	for {
		_, history, err := s.History(t.Context(), rid, page, anybody)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, history.Messages...)
		if page.Before = history.End; history.End == 0 {
			slices.Reverse(all)
			return all
		}
	}
}

// rounds returns how often a race is repeated: n times, or half as often with -short.
func rounds(n int) int {
	if testing.Short() {
		return (n + 1) / 2
	}
	return n
}

// TestManyMessagesAtOnce: sixteen concurrent writers all succeed; of a hundred, some may
// get Unavailable. Either way no message is lost or duplicated, the room's count is
// exact, its history has one order, and its figures match a replay in that order.
func TestManyMessagesAtOnce(t *testing.T) {
	for _, tc := range []struct {
		writers, rounds int
		mayRefuse       bool
	}{{16, 10, false}, {100, 2, true}} {
		t.Run(fmt.Sprint(tc.writers), func(t *testing.T) {
			s := storetest.New(t)
			ann := storetest.AddAgent(t, s, "ann")
			for round := range rounds(tc.rounds) {
				visitor := storetest.Register(t, s, fmt.Sprint("token-", round))
				opened := storetest.NewRoom(t, visitor, ann)
				room, _, err := s.OpenRoom(t.Context(), opened)
				if err != nil {
					t.Fatal(err)
				}
				// The time of a function.
				ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
				defer cancel()
				var all sync.WaitGroup
				var accepted, tried, most atomic.Int64
				start := make(chan struct{})
				for i := range tc.writers {
					all.Go(func() {
						<-start
						_, tries, err := storetest.PostWithin(ctx, s, room, fmt.Sprintf("message-%d", i), fmt.Sprint(i), i%2 == 0)
						known, _ := errors.AsType[*livechat.Error](err)
						switch {
						case err == nil:
							accepted.Add(1)
						case !tc.mayRefuse || known == nil || known.Kind != livechat.Unavailable:
							t.Errorf("message %d: %v", i, err)
						}
						tried.Add(int64(tries))
						for m := most.Load(); int64(tries) > m && !most.CompareAndSwap(m, int64(tries)); m = most.Load() {
						}
					})
				}
				close(start)
				all.Wait()
				t.Logf("%d of %d accepted, %.2f tries per message, %d at most",
					accepted.Load(), tc.writers, float64(tried.Load())/float64(tc.writers), most.Load())
				wantReplayed(t, s, room, int(accepted.Load()))
			}
		})
	}
}

// wantReplayed compares the room with a replay of its history.
func wantReplayed(t testing.TB, s *store.Store, begun livechat.Room, messages int) {
	t.Helper()
	said := history(t, s, begun.ID)
	ids, count := map[string]bool{}, 0
	for i, m := range said {
		if i > 0 && m.Ts <= said[i-1].Ts {
			t.Errorf("message %d is at %v, the previous message at %v", i, m.Ts, said[i-1].Ts)
		}
		if ids[m.ID] = true; m.Type == "" {
			count++
		}
	}
	room, err := s.RoomByID(t.Context(), begun.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != len(said) || count != messages || room.MessageCount != messages {
		t.Errorf("%d messages with %d ids, %d of them by people, msgs is %d; want %d", len(said), len(ids), count, room.MessageCount, messages)
	}
	if diff := cmp.Diff(livechattest.Replay(begun, said), room, figures); diff != "" {
		t.Errorf("room (-replayed +stored):\n%s", diff)
	}
}

// TestRepeatedMessageIsPostedOnce, for any number of concurrent repetitions.
func TestRepeatedMessageIsPostedOnce(t *testing.T) {
	s := storetest.New(t)
	for round := range 10 {
		room := storetest.Open(t, s, storetest.Register(t, s, fmt.Sprint("token-", round)))
		for range round {
			storetest.VisitorSays(t, s, room, "before")
		}
		var all sync.WaitGroup
		var times sync.Map
		for range 12 {
			all.Go(func() {
				m, _, err := storetest.Post(t, s, room, "mine", "hello", true)
				if err != nil {
					t.Error(err)
				}
				times.Store(m.Ts, m.Text)
			})
		}
		all.Wait()
		different := 0
		times.Range(func(any, any) bool { different++; return true })
		later, _, err := storetest.Post(t, s, room, "mine", "another text", true)
		if err != nil || later.Text != "hello" || different != 1 {
			t.Errorf("%d answers, then %q (%v)", different, later.Text, err)
		}
		if stored, err := s.RoomByID(t.Context(), room.ID); err != nil || stored.MessageCount != round+1 {
			t.Errorf("msgs is %d after %d messages and one (%v)", stored.MessageCount, round, err)
		}
	}
}

func TestIDOfAnothersMessageIsRefused(t *testing.T) {
	s := storetest.New(t)
	storetest.AddAgent(t, s, "ann")
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	theirs := storetest.AgentSays(t, s, room, "hello")
	_, _, err := storetest.Post(t, s, room, theirs.ID, "mine", true)
	wantError(t, err, livechat.ErrInvalidMessage)
}

func TestMessageWhoseAnswerWasLostIsPostedOnce(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	lossy := raw.Store(t, storetest.LoseAnswer("TransactWriteItems", 2))
	for i := range 4 {
		storetest.VisitorSays(t, lossy, room, fmt.Sprint(i))
	}
	wantReplayed(t, good, room, 4)
}

func TestMessageWaitsForATransactionThatIsInTheWay(t *testing.T) {
	var calls atomic.Int64
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	busy := raw.Store(t, storetest.Fail("TransactWriteItems", 3, storetest.Cancelled("TransactionConflict", "None"), &calls))
	storetest.VisitorSays(t, busy, room, "hello")
	wantReplayed(t, good, room, 1)
}

// TestRoomChangesWhileMessagesArePosted: other changes of the room lose or duplicate no
// accepted message.
func TestRoomChangesWhileMessagesArePosted(t *testing.T) {
	s := storetest.New(t)
	ann := storetest.AddAgent(t, s, "ann")
	for round := range rounds(15) {
		visitor := storetest.Register(t, s, fmt.Sprint("token-", round))
		other := storetest.Register(t, s, fmt.Sprint("other-", round))
		room, _, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, visitor, ann))
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		var accepted atomic.Int64
		for i := range 16 {
			all.Go(func() {
				_, _, err := storetest.Post(t, s, room, livechat.NewID(), fmt.Sprint(i), i%2 == 0)
				switch {
				case err == nil:
					accepted.Add(1)
				case errors.Is(err, livechat.ErrRoomClosed), errors.Is(err, livechat.ErrInvalidRoom):
				default:
					t.Errorf("message: %v", err)
				}
			})
		}
		all.Go(func() {
			if _, err := s.AnswerSurvey(t.Context(), visitor.Token, room.ID, storetest.Answer(livechat.Answers{"satisfaction": "5"})); err != nil && !errors.Is(err, livechat.ErrInvalidRoom) {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := s.MoveRoom(t.Context(), room.ID, other.ID, give); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			_, err := s.CloseRoom(t.Context(), room.ID, closing)
			if err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		stored, err := s.RoomByID(t.Context(), room.ID)
		if err != nil {
			t.Fatal(err)
		}
		said, last := 0, livechat.Message{}
		for _, last = range history(t, s, room.ID) {
			if last.Type == "" {
				said++
			}
		}
		if stored.Open || stored.Visitor.ID != other.ID || stored.MessageCount != int(accepted.Load()) || said != stored.MessageCount || last.Type != livechat.MessageClosed {
			t.Errorf("round %d: open %v, msgs %d, %d in the history, %d accepted, the last is %q",
				round, stored.Open, stored.MessageCount, said, accepted.Load(), last.Type)
		}
	}
}

func closing(r livechat.Room) (livechat.Closed, error) {
	closed := r.Close(livechat.CloseParams{Now: now, NewID: livechat.NewID})
	return livechat.Closed{Change: closed, Survey: livechat.Survey{
		RoomID: r.ID, ClosedAt: now, ClosedOn: "2026-11-01", State: livechat.SurveySkipped,
		Visitor: &livechat.SurveyVisitor{ID: r.Visitor.ID, Token: r.Visitor.Token},
	}}, nil
}

// TestOldTokenIsNotInMessages: a moved room shows its new visitor the earlier messages,
// but not the former visitor's token.
func TestOldTokenIsNotInMessages(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "the-old-token"))
	other := storetest.Register(t, s, "the-new-token")
	storetest.VisitorSays(t, s, room, "before")
	if _, err := s.MoveRoom(t.Context(), room.ID, other.ID, give); err != nil {
		t.Fatal(err)
	}
	page, err := s.VisitorsHistory(t.Context(), other.Token, room.ID, livechat.HistoryPage{Limit: 10})
	messages := page.Messages
	if err != nil || messages[0].Text != "before" || messages[0].Token != other.Token {
		t.Errorf("messages %+v (%v)", messages, err)
	}
	_, err = s.EditVisitorsMessage(t.Context(), other.Token, room.ID, messages[0].ID, anybody, func(r livechat.Room, m livechat.Message) (livechat.Room, livechat.Message, error) {
		if r.WrittenByVisitor(m) {
			t.Error("the new visitor may edit the former visitor's message")
		}
		return r, m, livechat.ErrInvalidMessage
	})
	wantError(t, err, livechat.ErrInvalidMessage)
	for _, item := range raw.Items(t) {
		key := item.Key()
		if text := itemText(t, item); key.PK == "MESSAGES#"+room.ID && containsToken(text) {
			t.Errorf("a token is stored in %v: %s", key, text)
		}
	}
}

func itemText(t *testing.T, item table.Item) string {
	t.Helper()
	text, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func containsToken(text string) bool {
	return strings.Contains(text, "the-old-token") || strings.Contains(text, "the-new-token")
}

// conversation models a room's messages as a plain list.
type conversation struct {
	*store.Store
	t       *rapid.T
	room    livechat.Room
	said    []livechat.Message
	deleted []string
}

func (c *conversation) pick() (int, bool) {
	var own []int
	for i, m := range c.said {
		if m.Token != "" {
			own = append(own, i)
		}
	}
	if len(own) == 0 {
		return 0, false
	}
	return own[rapid.IntRange(0, len(own)-1).Draw(c.t, "message")], true
}

// TestConversationAgainstAModel compares posts, repetitions, edits and deletions, mixed
// with other writes of the room, with a plain list.
func TestConversationAgainstAModel(t *testing.T) {
	s := storetest.New(t)
	storetest.AddAgent(t, s, "ann")
	rooms := 0
	rapid.Check(t, func(rt *rapid.T) {
		rooms++
		c := &conversation{Store: s, t: rt, room: storetest.Open(t, s, storetest.Register(t, s, fmt.Sprint("token-", rooms)))}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0, 1, 2, 3:
				id := rapid.SampledFrom([]string{"", fmt.Sprint("client-", len(c.said), len(c.deleted))}).Draw(rt, "id")
				m, _, err := storetest.Post(t, s, c.room, id, rapid.SampledFrom([]string{"hi", "*you*"}).Draw(rt, "text"), true)
				if err != nil {
					rt.Fatal(err)
				}
				c.said = append(c.said, m)
			case 4, 5:
				c.said = append(c.said, storetest.AgentSays(t, s, c.room, "yes?"))
			case 6:
				c.repeat(t)
			case 7:
				c.edit(t)
			case 8:
				c.delete(t)
			case 9:
				if _, err := s.AnswerSurvey(t.Context(), c.room.Visitor.Token, c.room.ID, storetest.Answer(livechat.Answers{"satisfaction": "5"})); err != nil {
					rt.Fatal(err)
				}
			}
		}
		c.compare(t)
	})
}

func (c *conversation) repeat(t *testing.T) {
	if i, ok := c.pick(); ok {
		m, _, err := storetest.Post(t, c.Store, c.room, c.said[i].ID, "again", true)
		if diff := cmp.Diff(c.said[i], m); diff != "" || err != nil {
			c.t.Fatalf("repeated (%v):\n%s", err, diff)
		}
	}
	for _, id := range c.deleted {
		if !strings.HasPrefix(id, "client-") {
			continue // only clients retry with their ids
		}
		_, _, err := storetest.Post(t, c.Store, c.room, id, "again", true)
		if !errors.Is(err, livechat.ErrInvalidMessage) {
			c.t.Fatalf("a deleted message was posted again: %v", err)
		}
	}
}

func (c *conversation) edit(t *testing.T) {
	i, ok := c.pick()
	if !ok {
		return
	}
	later := now.Add(1)
	m, err := c.EditVisitorsMessage(t.Context(), c.room.Visitor.Token, c.room.ID, c.said[i].ID, anybody,
		func(r livechat.Room, m livechat.Message) (livechat.Room, livechat.Message, error) {
			return r, m.Edit("changed", later), nil
		})
	if err != nil || m.Text != "changed" {
		c.t.Fatalf("edited %q (%v)", m.Text, err)
	}
	c.said[i] = m
}

func (c *conversation) delete(t *testing.T) {
	i, ok := c.pick()
	if !ok {
		return
	}
	id := c.said[i].ID
	err := c.DeleteVisitorsMessage(t.Context(), c.room.Visitor.Token, c.room.ID, id, now, anybody,
		func(r livechat.Room, _ livechat.Message) (livechat.Room, error) { return r, nil })
	if err != nil {
		c.t.Fatal(err)
	}
	c.said = slices.Delete(c.said, i, i+1)
	c.deleted = append(c.deleted, id)
}

func (c *conversation) compare(t *testing.T) {
	var got []livechat.Message
	for _, m := range history(t, c.Store, c.room.ID) {
		if m.Type == "" {
			got = append(got, m)
		}
	}
	if diff := cmp.Diff(c.said, got, cmpopts.EquateEmpty()); diff != "" {
		c.t.Fatalf("messages (-want +got):\n%s", diff)
	}
	room, err := c.RoomByID(t.Context(), c.room.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	var last *livechat.Message
	if len(c.said) > 0 {
		last = &c.said[len(c.said)-1]
	}
	if diff := cmp.Diff(last, room.LastMessage); diff != "" || room.MessageCount != len(c.said) {
		c.t.Fatalf("msgs %d, want %d; last message (-want +got):\n%s", room.MessageCount, len(c.said), diff)
	}
	for _, m := range c.said {
		shown, err := c.VisitorsMessage(t.Context(), c.room.Visitor.Token, c.room.ID, m.ID)
		if diff := cmp.Diff(m, shown); diff != "" || err != nil {
			c.t.Fatalf("message by id (%v):\n%s", err, diff)
		}
	}
	for _, id := range c.deleted {
		if _, err := c.VisitorsMessage(t.Context(), c.room.Visitor.Token, c.room.ID, id); !errors.Is(err, livechat.ErrInvalidMessage) {
			c.t.Fatalf("a deleted message is shown: %v", err)
		}
	}
}

func TestHistoryPages(t *testing.T) {
	s := storetest.New(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	var said []livechat.Message
	for i := range 20 {
		said = append(said, storetest.VisitorSays(t, s, room, fmt.Sprint("Number ", i)))
	}
	for name, tc := range map[string]struct {
		page livechat.HistoryPage
		want []int
	}{
		"latest":             {livechat.HistoryPage{Limit: 3}, []int{19, 18, 17}},
		"offset":             {livechat.HistoryPage{Limit: 2, Offset: 5}, []int{14, 13}},
		"before a time":      {livechat.HistoryPage{Limit: 2, Before: said[10].Ts}, []int{9, 8}},
		"before the third":   {livechat.HistoryPage{Limit: 2, Before: said[2].Ts}, []int{1, 0}},
		"containing":         {livechat.HistoryPage{Limit: 5, Containing: "NUMBER 1"}, []int{19, 18, 17, 16, 15}},
		"containing, offset": {livechat.HistoryPage{Limit: 5, Offset: 9, Containing: "number 1"}, []int{10, 1}},
		"containing nothing": {livechat.HistoryPage{Limit: 5, Containing: "what"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			history, err := s.VisitorsHistory(t.Context(), "token", room.ID, tc.page)
			if err != nil {
				t.Fatal(err)
			}
			var want []livechat.Message
			for _, i := range tc.want {
				want = append(want, said[i])
			}
			got := slices.DeleteFunc(history.Messages, func(m livechat.Message) bool { return m.Type != "" })
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSearchCostsNoRoundTripPerMessage(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	for i := range 60 {
		storetest.VisitorSays(t, good, room, fmt.Sprint(i))
	}
	var chain storetest.Chain
	page := livechat.HistoryPage{Limit: 1, Containing: "nowhere"}
	if _, err := raw.Store(t, chain.Count).VisitorsHistory(t.Context(), "token", room.ID, page); err != nil || chain.Trips() > 2 {
		t.Errorf("%d round trips (%v)", chain.Trips(), err)
	}
}

// TestFormerVisitorsMessageIsNotTheNewOnes, even with the same id.
func TestFormerVisitorsMessageIsNotTheNewOnes(t *testing.T) {
	s := storetest.New(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	if _, _, err := storetest.Post(t, s, room, "mine", "a secret", true); err != nil {
		t.Fatal(err)
	}
	other := storetest.Register(t, s, "other")
	moved, err := s.MoveRoom(t.Context(), room.ID, other.ID, give)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = storetest.Post(t, s, moved, "mine", "hello", true)
	wantError(t, err, livechat.ErrInvalidMessage)
}

func TestSystemMessagesAreFoundByTheirID(t *testing.T) {
	s := storetest.New(t)
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	started := history(t, s, room.ID)[0].ID
	if _, err := s.VisitorsMessage(t.Context(), "token", room.ID, started); err != nil {
		t.Fatal(err)
	}
	_, _, err := storetest.Post(t, s, room, started, "mine", true)
	wantError(t, err, livechat.ErrInvalidMessage)
}

// TestLastMessageIsSomethingSaid: when the last message is deleted, a system message
// before it does not become the last message.
func TestLastMessageIsSomethingSaid(t *testing.T) {
	s := storetest.New(t)
	storetest.AddAgent(t, s, "ann")
	room := storetest.Open(t, s, storetest.Register(t, s, "token"))
	first := storetest.VisitorSays(t, s, room, "first")
	if _, err := s.ChangeRoom(t.Context(), room.ID, func(r livechat.Room) (livechat.Change, error) {
		return r.Take(storetest.AgentUser.NewAgent(), livechat.NewID, now), nil
	}); err != nil {
		t.Fatal(err)
	}
	last := storetest.VisitorSays(t, s, room, "last")
	err := s.DeleteVisitorsMessage(t.Context(), "token", room.ID, last.ID, now, anybody,
		func(r livechat.Room, _ livechat.Message) (livechat.Room, error) { return r, nil })
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := s.RoomByID(t.Context(), room.ID); err != nil || stored.LastMessage == nil || stored.LastMessage.ID != first.ID {
		t.Errorf("the last message is %+v (%v)", stored.LastMessage, err)
	}
}
