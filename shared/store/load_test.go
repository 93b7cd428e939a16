package store_test

import (
	"sync/atomic"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/storetest"
)

func loadOf(t *testing.T, agents []livechat.Agent, id string) int {
	t.Helper()
	for _, a := range agents {
		if a.ID == id {
			return a.OpenRooms
		}
	}
	t.Fatalf("no agent %s", id)
	return 0
}

// TestLoadIsTakenBackWhenTheRoomStaysAsItIs.
func TestLoadIsTakenBackWhenTheRoomStaysAsItIs(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	ann := storetest.AddAgent(t, good, "ann")
	room := storetest.Open(t, good, storetest.Register(t, good, "token"))
	var calls atomic.Int64
	broken := raw.Store(t, storetest.Fail("TransactWriteItems", 1000, storetest.Cancelled("ValidationError"), &calls))
	_, err := broken.ChangeRoom(t.Context(), room.ID, func(r livechat.Room) (livechat.Room, bool, error) {
		return r.Take(ann, livechat.NewID(), now), true, nil
	})
	if err == nil {
		t.Fatal("the room was taken")
	}
	agents, err := good.Agents(t.Context())
	if err != nil || loadOf(t, agents, ann.ID) != 0 {
		t.Errorf("the load is %d (%v)", loadOf(t, agents, ann.ID), err)
	}
}

// TestRecount puts right what drifted, and leaves alone what is right, or moves.
func TestRecount(t *testing.T) {
	s := storetest.New(t)
	ann, bob := storetest.AddAgent(t, s, "ann"), storetest.AddAgent(t, s, "bob")
	if _, _, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, storetest.Register(t, s, "token"), ann)); err != nil {
		t.Fatal(err)
	}
	drift := func(id string, by int) {
		t.Helper()
		// A room that was imported twice, or whose closing died between two writes.
		for range by {
			room := storetest.NewRoom(t, storetest.Register(t, s, livechat.NewID()), livechat.Agent{ID: id, Username: id, Status: livechat.Available})
			if _, _, err := s.OpenRoom(t.Context(), room); err != nil {
				t.Fatal(err)
			}
		}
	}
	drift("nobody", 2)
	if put, err := s.RecountAgents(t.Context(), time.Millisecond); err != nil || put != 0 {
		t.Errorf("%d loads were put right that were right (%v)", put, err)
	}
	for _, id := range []string{ann.ID, bob.ID} {
		storetest.SetLoad(t, s, id, 40)
	}
	if put, err := s.RecountAgents(t.Context(), time.Millisecond); err != nil || put != 2 {
		t.Errorf("%d loads were put right (%v)", put, err)
	}
	agents, err := s.Agents(t.Context())
	if err != nil || loadOf(t, agents, ann.ID) != 1 || loadOf(t, agents, bob.ID) != 0 {
		t.Errorf("the loads are %+v (%v)", agents, err)
	}
}

// TestRecountLeavesALoadThatMoves: between the two looks, and behind them.
func TestRecountLeavesALoadThatMoves(t *testing.T) {
	good, raw := storetest.NewWithClient(t)
	ann := storetest.AddAgent(t, good, "ann")
	storetest.SetLoad(t, good, ann.ID, 5)
	load := 5
	moving := raw.Store(t, storetest.Before("Query", func() {
		load++
		storetest.SetLoad(t, good, ann.ID, load)
	}))
	if put, err := moving.RecountAgents(t.Context(), time.Millisecond); err != nil || put != 0 {
		t.Errorf("%d loads were put right while they moved (%v)", put, err)
	}
	behind := raw.Store(t, storetest.Before("UpdateItem", func() {
		load++
		storetest.SetLoad(t, good, ann.ID, load)
	}))
	if put, err := behind.RecountAgents(t.Context(), time.Millisecond); err != nil || put != 0 {
		t.Errorf("%d loads were put right that had moved (%v)", put, err)
	}
}
