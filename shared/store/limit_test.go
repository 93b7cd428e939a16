package store_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
)

// noon is 40 seconds before the end of the minute.
var noon = livechat.At(time.Date(2026, 11, 25, 12, 0, 20, 0, time.UTC))

func opening(by, what string) livechat.RateUse {
	return livechat.RateUse{Limit: livechat.RoomsPerAddress, By: by, What: what}
}

func setLimit(t testing.TB, s *store.Store, limit livechat.RateLimit, n int) {
	t.Helper()
	if err := s.SetSetting(t.Context(), limit.Setting, "", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}

// admitted reports whether the count was within its limit.
func admitted(t testing.TB, s *store.Store, now livechat.Time, c ...livechat.RateUse) bool {
	t.Helper()
	err := s.Admit(t.Context(), now, c...)
	if _, over := errors.AsType[*livechat.RateLimitError](err); err != nil && !over {
		t.Error(err)
	}
	return err == nil
}

func TestLimitIsExactOverProcesses(t *testing.T) {
	first, raw := storetest.NewWithClient(t)
	processes := []*store.Store{first, raw.Store(t), raw.Store(t)}
	const limit = 20
	setLimit(t, first, livechat.RoomsPerAddress, limit)
	for round := range 10 {
		by := fmt.Sprint("visitor ", round)
		var calls sync.WaitGroup
		var done atomic.Int64
		for i := range 3 * limit {
			calls.Go(func() {
				if admitted(t, processes[i%len(processes)], noon, opening(by, fmt.Sprint(i))) {
					done.Add(1)
				}
			})
		}
		calls.Wait()
		if n := done.Load(); n != limit {
			t.Errorf("%d of %d calls were admitted, the limit is %d", n, 3*limit, limit)
		}
	}
}

// TestLimitThatWasSetSinceIsCounted: a process that counted by an outdated limit counts
// again.
func TestLimitThatWasSetSinceIsCounted(t *testing.T) {
	for _, before := range []int{0, 1} {
		first, raw := storetest.NewWithClient(t)
		setLimit(t, first, livechat.RoomsPerAddress, before)
		process := raw.Store(t)
		for i := range 2 {
			_ = process.Admit(t.Context(), noon, opening("ada", fmt.Sprint("before ", i)))
		}
		setLimit(t, first, livechat.RoomsPerAddress, 3)
		store.SetClock(process, func() time.Time { return time.Now().Add(time.Minute) })
		var done int
		for i := range 4 {
			if admitted(t, process, noon, opening("ada", fmt.Sprint(i))) {
				done++
			}
		}
		// One use was counted before: the first call of a process knows only the default
		// limit.
		if done != 2 {
			t.Errorf("the limit was %d and is 3: %d more calls were admitted, want 2", before, done)
		}
	}
}

func TestOverLimitSaysHowOftenAndWhenAgain(t *testing.T) {
	s := storetest.New(t)
	setLimit(t, s, livechat.RoomsPerAddress, 1)
	if !admitted(t, s, noon, opening("ada", "1")) {
		t.Fatal("the first use was refused")
	}
	err := s.Admit(t.Context(), noon, opening("ada", "2"))
	over, ok := errors.AsType[*livechat.RateLimitError](err)
	if !ok {
		t.Fatalf("the second use got %v", err)
	}
	if over.Limit != 1 || over.Wait != 40 || over.Until.String() != "2026-11-25T12:01:00.000Z" {
		t.Errorf("the second use got %+v", *over)
	}
	if !admitted(t, s, over.Until, opening("ada", "3")) {
		t.Error("no use is admitted at Until, when the next minute begins")
	}
}

// TestCountingAgain: an immediate repetition of an action counts once and is never
// refused, however full its minute is.
func TestCountingAgain(t *testing.T) {
	first, raw := storetest.NewWithClient(t)
	processes := []*store.Store{first, raw.Store(t)}
	world := 0
	rapid.Check(t, func(rt *rapid.T) {
		world++
		limit := rapid.IntRange(1, 5).Draw(rt, "limit")
		setLimit(t, first, livechat.RoomsPerAddress, limit)
		for _, s := range processes {
			at := time.Now().Add(time.Duration(world) * time.Minute)
			store.SetClock(s, func() time.Time { return at }) // so that the settings are read again
			if _, err := s.Settings(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		by := fmt.Sprint("address ", world)
		for i := range rapid.IntRange(1, 8).Draw(rt, "actions") {
			for range rapid.IntRange(1, 3).Draw(rt, "times") {
				want := i < limit
				s := processes[rapid.IntRange(0, len(processes)-1).Draw(rt, "process")]
				if got := admitted(t, s, noon, opening(by, fmt.Sprint(i))); got != want {
					rt.Fatalf("action %d: admitted %v, want %v: the limit is %d", i, got, want, limit)
				}
			}
		}
	})
}

// TestCounterStaysSmall: each count costs one write unit, for any limit.
func TestCounterStaysSmall(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	setLimit(t, s, livechat.RoomsPerAddress, 5000)
	for i := range 200 {
		admitted(t, s, noon, opening("address", fmt.Sprint(i)))
	}
	for _, item := range raw.Items(t) {
		if text := itemText(t, item); strings.HasPrefix(item.Key().PK, "RATE#") && len(text) > 1024 {
			t.Errorf("the counter is %d bytes", len(text))
		}
	}
}

func TestLostAnswerIsNotCountedTwice(t *testing.T) {
	s := storetest.New(t, storetest.LoseAnswer("UpdateItem", 1))
	setLimit(t, s, livechat.RoomsPerAddress, 2)
	for _, what := range []string{"1", "2"} {
		if !admitted(t, s, noon, opening("ada", what)) {
			t.Errorf("opening %s was refused: the previous opening was counted twice", what)
		}
	}
}

func TestCounterExpires(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	admitted(t, s, noon, opening("a-token-of-somebody", "1"))
	for _, item := range raw.Items(t) {
		var counter struct{ Expires int64 }
		if err := item.Decode(&counter); err != nil || counter.Expires < noon.Add(time.Minute).Time().Unix() {
			t.Errorf("%v expires at %d (%v)", item.Key(), counter.Expires, err)
		}
	}
}

// TestOpeningAtOnceIsOneOpening: concurrent openings are identified by the room before
// them.
func TestOpeningAtOnceIsOneOpening(t *testing.T) {
	s := storetest.New(t)
	v := storetest.Register(t, s, "ada")
	last := func() string {
		t.Helper()
		v, _, err := s.VisitorByToken(t.Context(), v.Token)
		if err != nil {
			t.Fatal(err)
		}
		return v.LastEndedID
	}
	if last() != "" {
		t.Errorf("a new visitor's last room is %s", last())
	}
	for range 3 {
		room := storetest.Open(t, s, v)
		if last() != "" {
			t.Errorf("while a room is open, the last room is %s", last())
		}
		if _, err := s.CloseVisitorsRoom(t.Context(), v.Token, room.ID, closing); err != nil {
			t.Fatal(err)
		}
		if last() != room.ID {
			t.Errorf("the last room is %q, want %s", last(), room.ID)
		}
	}
	// A room that is moved away also becomes the last room.
	room, other := storetest.Open(t, s, v), storetest.Register(t, s, "bob")
	if _, err := s.MoveRoom(t.Context(), room.ID, other.ID, give); err != nil {
		t.Fatal(err)
	}
	if last() != room.ID {
		t.Errorf("after it was moved away, the last room is %q, want %s", last(), room.ID)
	}
	storetest.Open(t, s, v)
}
