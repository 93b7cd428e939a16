package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
)

// cost is what a call costs at the database.
type cost struct {
	trips       int
	read, write float64
}

// TestLongRoomCostsNoMoreThanAShortOne compares the cost of a message, and of a page of
// the history, in a room of ten messages and in a room of two thousand.
func TestLongRoomCostsNoMoreThanAShortOne(t *testing.T) {
	s, raw := storetest.NewWithClient(t)
	costs := map[int]map[string]cost{}
	for _, messages := range []int{10, 2_000} {
		room := longRoom(t, s, raw, messages)
		costs[messages] = map[string]cost{}
		measure := func(what string, call func(s *store.Store) error) {
			t.Helper()
			var m meter
			var chain storetest.Chain
			if err := call(raw.Store(t, m.options(), chain.Count)); err != nil {
				t.Fatal(err)
			}
			costs[messages][what] = cost{chain.Trips(), m.read, m.write}
		}
		for i := range 3 {
			measure(fmt.Sprint("message ", i), func(s *store.Store) error {
				_, _, err := storetest.Post(t, s, room, "", "hello", true)
				return err
			})
		}
		measure("latest page", func(s *store.Store) error {
			page, err := s.VisitorsHistory(t.Context(), room.Visitor.Token, room.ID, livechat.HistoryPage{Limit: 5})
			if len(page.Messages) != 5 {
				t.Errorf("the page has %d messages, want 5", len(page.Messages))
			}
			return err
		})
		measure("room", func(s *store.Store) error {
			_, found, err := s.VisitorByToken(t.Context(), room.Visitor.Token)
			if err == nil && found.MessageCount != messages+3 {
				t.Errorf("msgs is %d after %d messages and 3", found.MessageCount, messages)
			}
			return err
		})
	}
	for what, short := range costs[10] {
		if long := costs[2_000][what]; long != short {
			t.Errorf("%s costs %+v in a long room, %+v in a short room", what, long, short)
		}
		if short.trips > 2 {
			t.Errorf("%s takes %d round trips", what, short.trips)
		}
	}
	t.Logf("%+v", costs[2_000])
}

// longRoom returns a room with that many messages.
func longRoom(t *testing.T, s *store.Store, raw storetest.Raw, messages int) livechat.Room {
	t.Helper()
	long := storetest.NewRoom(t, storetest.Register(t, s, fmt.Sprintf("token-%06d", messages)))
	for range messages {
		long = long.Post(long.Room.VisitorMessage("", "hello", now), livechat.NewID)
	}
	writes, err := layout.MessageWrites(long.Messages)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutRoom(t.Context(), long.Room); err != nil {
		t.Fatal(err)
	}
	var writing errgroup.Group
	writing.SetLimit(4)
	for batch := range slices.Chunk(writes, 25) {
		writing.Go(func() error {
			var puts []types.WriteRequest
			for _, w := range batch {
				puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: w.Put}})
			}
			_, err := raw.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{
				RequestItems: map[string][]types.WriteRequest{raw.Table: puts},
			})
			return err
		})
	}
	if err := writing.Wait(); err != nil {
		t.Fatal(err)
	}
	return long.Room
}
