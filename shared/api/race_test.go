package api_test

import (
	"fmt"
	"sync"
	"testing"

	"livechat/shared/store"
	"livechat/shared/store/storetest"
)

// atOnce runs f for 0 to n-1, all started together, and returns the results.
func atOnce[T any](n int, f func(i int) T) []T {
	results := make([]T, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			results[i] = f(i)
		})
	}
	close(start)
	all.Wait()
	return results
}

func TestParallelFirstCallsMakeOneRoom(t *testing.T) {
	const rounds, callers = 50, 16
	s := newService(t)
	s.addAgent(t, "user", "ann")
	for round := range rounds {
		token := fmt.Sprintf("token-%d", round)
		s.register(token, "Mary")
		rooms, opened := map[string]bool{}, 0
		for _, a := range atOnce(callers, func(int) answered { return s.openRoom(token) }) {
			if a.Status != 200 {
				t.Fatalf("round %d: %d %s", round, a.Status, a.Error)
			}
			rooms[a.Room.ID] = true
			if a.NewRoom {
				opened++
			}
		}
		if len(rooms) != 1 || opened != 1 {
			t.Fatalf("round %d: %d rooms, %d of them new", round, len(rooms), opened)
		}
	}
	agents, err := s.store.AgentsWithLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if agents[0].OpenRooms != rounds {
		t.Errorf("the agent's load is %d after %d rooms", agents[0].OpenRooms, rounds)
	}
}

func TestParallelFirstRegistrationsMakeOneVisitor(t *testing.T) {
	s := newService(t)
	for round := range 10 {
		token := fmt.Sprintf("token-%d", round)
		ids := map[string]bool{}
		for i, a := range atOnce(8, func(i int) answered { return s.register(token, fmt.Sprint("name", i)) }) {
			if a.Status != 200 || a.Visitor.Name != fmt.Sprint("name", i) {
				t.Fatalf("round %d: %d %s, name %q", round, a.Status, a.Error, a.Visitor.Name)
			}
			ids[a.Visitor.ID] = true
		}
		if len(ids) != 1 {
			t.Fatalf("round %d: %d visitors have the same token", round, len(ids))
		}
	}
}

func TestManyVisitorsAtOnceAllGetARoom(t *testing.T) {
	t.Run("from one process", func(t *testing.T) {
		s, _ := storetest.NewWithClient(t)
		manyVisitors(t, serviceOn(s), func() service { return serviceOn(s) })
	})
	t.Run("from a process each", func(t *testing.T) {
		s, raw := storetest.NewWithClient(t)
		manyVisitors(t, serviceOn(s), func() service { return serviceOn(raw.Store(t)) })
	})
}

func manyVisitors(t *testing.T, s service, process func() service) {
	t.Helper()
	const visitors = 200
	processes := make([]service, visitors)
	for i := range processes {
		processes[i] = process()
	}
	s.addAgent(t, "user", "ann")
	s.addAgent(t, "other", "bob")
	for i := range visitors {
		s.register(fmt.Sprint("token-", i), "")
	}
	rooms, served := map[string]bool{}, map[string]int{}
	for i, a := range atOnce(visitors, func(i int) answered { return processes[i].openRoom(fmt.Sprint("token-", i)) }) {
		if a.Status != 200 || !a.NewRoom {
			t.Fatalf("visitor %d: %d %s, new %v", i, a.Status, a.Error, a.NewRoom)
		}
		rooms[a.Room.ID] = true
		served[a.Room.ServedBy.Username]++
	}
	if len(rooms) != visitors || served["ann"]+served["bob"] != visitors {
		t.Errorf("%d rooms, served by %v", len(rooms), served)
	}
	if most := max(served["ann"], served["bob"]); most > visitors*6/10 {
		t.Errorf("one agent has %d of %d rooms", most, visitors)
	}
	agents, err := s.store.AgentsWithLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range agents {
		if a.OpenRooms != served[a.Username] {
			t.Errorf("%s has a load of %d and %d rooms", a.Username, a.OpenRooms, served[a.Username])
		}
	}
}

func TestTwoMovesOfOneRoomAtOnce(t *testing.T) {
	const rounds = 25
	s := newService(t)
	s.addAgent(t, "user", "ann")
	for round := range rounds {
		tokens := [3]string{}
		visitors := [3]string{}
		for i := range tokens {
			tokens[i] = fmt.Sprintf("%d-%d", round, i)
			visitors[i] = s.register(tokens[i], "").Visitor.ID
		}
		rid := s.openRoom(tokens[0]).Room.ID
		moves := atOnce(2, func(i int) answered { return s.give(rid, visitors[i+1]) })
		for _, m := range moves {
			if m.Status != 200 {
				t.Fatalf("round %d: %d %s", round, m.Status, m.Error)
			}
		}
		// Both moves were applied, one after the other: the last target has the room,
		// and the audit has both moves.
		holder := holderOf(t, s.store, rid, tokens[:])
		audit, err := s.store.Audit(t.Context(), rid)
		if err != nil || len(audit) != 2 {
			t.Fatalf("round %d: %d audit entries, %v", round, len(audit), err)
		}
		chain := map[string]string{audit[0].From: audit[0].To, audit[1].From: audit[1].To}
		if last := chain[chain[visitors[0]]]; visitors[holder] != last {
			t.Fatalf("round %d: visitor %d has the room, but the audit is %v", round, holder, chain)
		}
	}
}

// holderOf returns the index of the token whose open room is rid. Exactly one must have
// it.
func holderOf(t *testing.T, s *store.Store, rid string, tokens []string) int {
	t.Helper()
	holder := -1
	for i, token := range tokens {
		_, room, err := s.VisitorByToken(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if room == nil {
			continue
		}
		if room.ID != rid || holder >= 0 {
			t.Fatalf("token %s has the open room %s, too", token, room.ID)
		}
		holder = i
	}
	if holder < 0 {
		t.Fatal("nobody has the room")
	}
	return holder
}

func TestParallelAnswersAreAllKept(t *testing.T) {
	const callers = 12
	s := newService(t)
	s.register("token", "")
	rid := s.openRoom("token").Room.ID
	accepted := 0
	for _, a := range atOnce(callers, func(i int) answered {
		return s.answer("token", rid, "additionalFeedback", fmt.Sprint("answer ", i))
	}) {
		switch a.Status {
		case 200:
			accepted++
		case 503:
		default:
			t.Errorf("%d %s", a.Status, a.Error)
		}
	}
	history, err := s.store.AnswerHistory(t.Context(), rid)
	if err != nil || len(history) != accepted || accepted == 0 {
		t.Errorf("%d answers accepted, %d stored, %v", accepted, len(history), err)
	}
}

func TestDeletionAgainstOpening(t *testing.T) {
	s := newService(t)
	for round := range 40 {
		token := fmt.Sprint("token-", round)
		s.register(token, "")
		results := atOnce(4, func(i int) answered {
			if i == 0 {
				return s.deleteVisitor(token)
			}
			return s.openRoom(token)
		})
		_, room, err := s.store.VisitorByToken(t.Context(), token)
		deleted := results[0].Status == 200
		switch {
		case deleted && err == nil:
			t.Fatalf("round %d: the deleted visitor still exists", round)
		case !deleted && (err != nil || room == nil):
			t.Fatalf("round %d: the deletion was refused (%s), but there is no room: %v", round, results[0].Error, err)
		}
		for _, a := range results[1:] {
			if deleted && a.Status == 200 {
				t.Fatalf("round %d: a room was opened during the deletion", round)
			}
		}
	}
}
