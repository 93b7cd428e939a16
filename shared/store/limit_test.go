package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
)

// noon is 40 seconds before the minute is over.
var noon = livechat.At(time.Date(2026, 11, 25, 12, 0, 20, 0, time.UTC))

func message(by, what string) livechat.Count {
	return livechat.Count{Limit: livechat.MessagesPerToken, By: by, What: what}
}

func setLimit(t testing.TB, s *store.Store, limit livechat.RateLimit, n int) {
	t.Helper()
	if err := s.SetSetting(t.Context(), limit.Setting, "", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}

// admitted reports whether the count was within its limit.
func admitted(t testing.TB, s *store.Store, now livechat.Time, c ...livechat.Count) bool {
	t.Helper()
	err := s.Admit(t.Context(), now, c...)
	if _, over := errors.AsType[*livechat.OverLimit](err); err != nil && !over {
		t.Error(err)
	}
	return err == nil
}

func TestLimitIsExactOverProcesses(t *testing.T) {
	first, raw := storetest.NewWithClient(t)
	processes := []*store.Store{first, raw.Store(t), raw.Store(t)}
	const limit = 20
	setLimit(t, first, livechat.MessagesPerToken, limit)
	for round := range 10 {
		by := fmt.Sprint("visitor ", round)
		var calls sync.WaitGroup
		var done atomic.Int64
		for i := range 3 * limit {
			calls.Go(func() {
				if admitted(t, processes[i%len(processes)], noon, message(by, fmt.Sprint(i))) {
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

func TestOverLimitSaysHowOftenAndWhenAgain(t *testing.T) {
	s := storetest.New(t)
	setLimit(t, s, livechat.MessagesPerToken, 1)
	if !admitted(t, s, noon, message("ada", "1")) {
		t.Fatal("the first was refused")
	}
	err := s.Admit(t.Context(), noon, message("ada", "2"))
	over, ok := errors.AsType[*livechat.OverLimit](err)
	if !ok {
		t.Fatalf("the second got %v", err)
	}
	if over.Limit != 1 || over.Wait != 40 || over.Until.String() != "2026-11-25T12:01:00.000Z" {
		t.Errorf("the second got %+v", *over)
	}
	if !admitted(t, s, over.Until, message("ada", "3")) {
		t.Error("the next minute begins when it was said to, and nothing is admitted")
	}
}

// TestLimitCountsAsAnOracle does random things from several processes, each of which
// may remember another limit, and holds every answer against a plain list.
func TestLimitCountsAsAnOracle(t *testing.T) {
	first, raw := storetest.NewWithClient(t)
	processes := []*store.Store{first, raw.Store(t)}
	for _, s := range processes {
		at := time.Now()
		// What was read is old the next time, and still the last.
		store.SetClock(s, func() time.Time { at = at.Add(10 * time.Second); return at })
	}
	type window struct {
		by   string
		from livechat.Time
	}
	world := 0
	rapid.Check(t, func(rt *rapid.T) {
		world++
		limit := rapid.IntRange(0, 5).Draw(rt, "limit")
		setLimit(t, first, livechat.MessagesPerToken, limit)
		counted := map[window][]string{}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			by := fmt.Sprint(world, rapid.SampledFrom([]string{"ada", "bob"}).Draw(rt, "by"))
			now := noon.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "second")) * time.Second)
			what := fmt.Sprint(rapid.IntRange(0, 8).Draw(rt, "what"))
			from, _ := livechat.Window(now)
			w := window{by, from}
			if limit > 0 && len(counted[w]) < limit && !slices.Contains(counted[w], what) {
				counted[w] = append(counted[w], what)
			}
			want := limit == 0 || slices.Contains(counted[w], what)
			if got := admitted(t, rapid.SampledFrom(processes).Draw(rt, "process"), now, message(by, what)); got != want {
				rt.Fatalf("%s of %s: admitted %v, want %v: the limit is %d, and counted were %v", what, by, got, want, limit, counted[w])
			}
		}
	})
}

func TestLostAnswerIsNotCountedTwice(t *testing.T) {
	s := storetest.New(t, storetest.LoseAnswer("UpdateItem", 1))
	setLimit(t, s, livechat.MessagesPerToken, 2)
	for _, what := range []string{"1", "2"} {
		if !admitted(t, s, noon, message("ada", what)) {
			t.Errorf("message %s was refused: the one before was counted twice", what)
		}
	}
}

func TestFirstLimitThatIsUsedUpRefuses(t *testing.T) {
	s := storetest.New(t)
	setLimit(t, s, livechat.RoomsPerToken, 1)
	setLimit(t, s, livechat.RoomsPerAddress, 2)
	opening := func(token, what string) []livechat.Count {
		return []livechat.Count{
			{Limit: livechat.RoomsPerToken, By: token, What: what},
			{Limit: livechat.RoomsPerAddress, By: "office", What: token + what},
		}
	}
	for _, c := range []struct {
		token, what string
		limit       int // 0 for admitted
	}{
		{"ada", "1", 0}, {"ada", "1", 0}, {"ada", "2", 1}, {"bob", "1", 2}, {"ada", "1", 0},
	} {
		err := s.Admit(t.Context(), noon, opening(c.token, c.what)...)
		over, _ := errors.AsType[*livechat.OverLimit](err)
		if (err == nil) != (c.limit == 0) || over != nil && over.Limit != c.limit {
			t.Errorf("%s %s: %v, want a refusal by the limit of %d", c.token, c.what, err, c.limit)
		}
	}
}

func TestCounterExpires(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	admitted(t, s, noon, message("a-token-of-somebody", "1"))
	for _, item := range raw.Items(t) {
		var counter struct{ Expires int64 }
		if err := item.Decode(&counter); err != nil || counter.Expires < noon.Add(time.Minute).Time().Unix() {
			t.Errorf("%v expires at %d (%v)", item.Key(), counter.Expires, err)
		}
	}
}

// TestOpeningAtOnceIsOneOpening: all that is open, or being opened, is known by the
// room that was before it.
func TestOpeningAtOnceIsOneOpening(t *testing.T) {
	s := storetest.New(t)
	v := storetest.Register(t, s, "ada")
	last := func() string {
		t.Helper()
		v, _, err := s.VisitorByToken(t.Context(), v.Token)
		if err != nil {
			t.Fatal(err)
		}
		return v.VacatedBy
	}
	if last() != "" {
		t.Errorf("a new visitor's last room is %s", last())
	}
	for range 3 {
		room := storetest.Open(t, s, v)
		if last() != "" {
			t.Errorf("while a room is open, the last one is %s", last())
		}
		if _, err := s.CloseVisitorsRoom(t.Context(), v.Token, room.ID, closing); err != nil {
			t.Fatal(err)
		}
		if last() != room.ID {
			t.Errorf("the last room is %q, want %s", last(), room.ID)
		}
	}
	// One that is given away was the last one, too.
	room, other := storetest.Open(t, s, v), storetest.Register(t, s, "bob")
	if _, err := s.MoveRoom(t.Context(), room.ID, other.ID, give); err != nil {
		t.Fatal(err)
	}
	if last() != room.ID {
		t.Errorf("after it was given away, the last room is %q, want %s", last(), room.ID)
	}
	storetest.Open(t, s, v)
}
