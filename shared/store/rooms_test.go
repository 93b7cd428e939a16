package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/layout"
	"livechat/shared/store/storetest"
)

// maxListUnits limits the read units of a list.
const maxListUnits = 150

// TestRoomsAreListedOnceEach walks lists that are too long for one read, as a client
// does: by offset up to the total, then by the cursor.
func TestRoomsAreListedOnceEach(t *testing.T) {
	byClosing := livechat.RoomSort{Field: "closedAt", Descending: true}
	for name, tc := range map[string]struct {
		open, closed int
		fname        string
		filter       livechat.RoomFilter
		inOrder      bool
	}{
		"more than the budget":     {0, 400, strings.Repeat("x", 3000), livechat.RoomFilter{Sort: byClosing}, true},
		"open and closed":          {150, 150, strings.Repeat("x", 3000), livechat.RoomFilter{}, false},
		"more than offset reaches": {0, 1030, "x", livechat.RoomFilter{Sort: byClosing}, true},
		"most of them open":        {1010, 30, "x", livechat.RoomFilter{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, raw := storetest.NewWithClient(t)
			var rooms []livechat.Room
			for i := range tc.open + tc.closed {
				room := storetest.NewRoom(t, livechat.NewVisitor(livechat.NewID(), livechat.NewID(), now)).Room
				room.ID, room.Name = fmt.Sprintf("room%04d", i), tc.fname
				room.OpenedAt = now.Add(-time.Duration(i+1) * time.Hour / 2)
				if i >= tc.open {
					room.Open, room.ClosedAt = false, room.OpenedAt.Add(time.Minute)
				}
				rooms = append(rooms, room)
			}
			putRooms(t, raw, rooms)
			got, calls := walk(t, s, tc.filter, 100)
			if calls < 2 {
				t.Errorf("the list has %d cursors", calls-1)
			}
			if !tc.inOrder {
				slices.Sort(got)
			}
			if diff := cmp.Diff(ids(rooms), got); diff != "" {
				t.Errorf("rooms (-want +got):\n%s", diff)
			}
		})
	}
}

// walk returns the ids of all rooms that match the filter, read by offset and cursor, and
// the number of parts that the list came in.
func walk(t *testing.T, s *store.Store, f livechat.RoomFilter, count int) (found []string, parts int) {
	t.Helper()
	for parts = 1; parts < 50; parts++ {
		cursor := ""
		for offset, total := 0, 1; offset < total; offset += count {
			list, err := s.ListRooms(t.Context(), f, offset, count, now)
			if err != nil {
				t.Fatal(err)
			}
			found, total, cursor = append(found, ids(list.Rooms)...), list.Total, list.Cursor.String()
			if cursor != "" && offset+count < total {
				t.Errorf("got a cursor at %d of %d rooms", offset+count, total)
			}
			if total > 1000 {
				t.Errorf("an offset cannot reach all of %d rooms", total)
			}
		}
		if cursor == "" {
			return found, parts
		}
		next, ok := livechat.ParseListCursor(cursor)
		if !ok {
			t.Fatalf("cursor %q", cursor)
		}
		f.Cursor = &next
	}
	t.Fatal("the list does not end")
	return nil, 0
}

func ids(rooms []livechat.Room) (all []string) {
	for _, r := range rooms {
		all = append(all, r.ID)
	}
	return all
}

func putRooms(t *testing.T, raw storetest.Raw, rooms []livechat.Room) {
	t.Helper()
	for batch := range slices.Chunk(rooms, 25) {
		var puts []types.WriteRequest
		for _, room := range batch {
			item, err := layout.RoomItem(room)
			if err != nil {
				t.Fatal(err)
			}
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		}
		if _, err := raw.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{raw.Table: puts},
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// billed is a meter that counts half a unit for an empty query, as AWS does. DynamoDB
// Local counts nothing.
type billed struct{ meter }

func (b *billed) options() func(*dynamodb.Options) {
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("billed", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			askForCapacity(in.Parameters)
			out, metadata, err := next.HandleInitialize(ctx, in)
			if q, ok := out.Result.(*dynamodb.QueryOutput); ok && q.ScannedCount == 0 {
				q.ConsumedCapacity = &types.ConsumedCapacity{CapacityUnits: aws.Float64(0.5)}
			}
			b.add(out.Result)
			return out, metadata, err
		}), smithy.After)
	})
}

// gate blocks the first queries of a client until that many have begun. A client that
// makes them one after another gets an error.
type gate struct {
	mu    sync.Mutex
	begun int
}

func (g *gate) options(together int) func(*dynamodb.Options) {
	open := make(chan struct{})
	return dynamodb.WithAPIOptions(func(stack *smithy.Stack) error {
		return stack.Initialize.Add(smithy.InitializeMiddlewareFunc("gate", func(
			ctx context.Context, in smithy.InitializeInput, next smithy.InitializeHandler,
		) (smithy.InitializeOutput, smithy.Metadata, error) {
			if _, ok := in.Parameters.(*dynamodb.QueryInput); ok {
				g.mu.Lock()
				if g.begun++; g.begun == together {
					close(open)
				}
				g.mu.Unlock()
				select {
				case <-open:
				case <-time.After(time.Minute):
					return smithy.InitializeOutput{}, smithy.Metadata{}, fmt.Errorf("%d queries do not run in parallel", together)
				}
			}
			return next.HandleInitialize(ctx, in)
		}), smithy.After)
	})
}

// TestListOfEmptyMonthsIsBounded: queries of empty months also cost. Months are read in
// parallel.
func TestListOfEmptyMonthsIsBounded(t *testing.T) {
	_, raw := storetest.NewWithClient(t)
	var rooms []livechat.Room
	for _, year := range []int{2026, 2021, 2015} {
		room := storetest.NewRoom(t, livechat.NewVisitor(livechat.NewID(), livechat.NewID(), now)).Room
		room.Open, room.OpenedAt = false, livechat.At(time.Date(year, 3, 4, 5, 6, 7, 0, time.UTC))
		room.ClosedAt = room.OpenedAt
		rooms = append(rooms, room)
	}
	putRooms(t, raw, rooms)
	always := livechat.Period{Start: livechat.At(time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC))}
	for name, f := range map[string]livechat.RoomFilter{"closed": {Closed: always}, "created": {Created: always}} {
		var found []string
		for more := true; more; {
			var units billed
			var queries gate
			list, err := raw.Store(t, units.options(), queries.options(8)).ListRooms(t.Context(), f, 0, 50, now)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if units.read > maxListUnits || queries.begun > 2*maxListUnits {
				t.Errorf("%s: %v read units in %d queries", name, units.read, queries.begun)
			}
			found = append(found, ids(list.Rooms)...)
			more = list.Cursor != livechat.ListCursor{}
			f.Cursor = &list.Cursor
		}
		if diff := cmp.Diff(ids(rooms), found); diff != "" {
			t.Errorf("%s: rooms (-want +got):\n%s", name, diff)
		}
	}
}

func TestNoRoomIsClosedInASpanThatEndsBeforeItStarts(t *testing.T) {
	s := storetest.New(t)
	closed(t, s, storetest.Register(t, s, "token"))
	for name, f := range map[string]livechat.RoomFilter{
		"opened after now":  {Created: livechat.Period{Start: now.Add(time.Hour)}},
		"end before start":  {Closed: livechat.Period{Start: now, End: now.Add(-time.Hour)}},
		"opened after that": {Created: livechat.Period{Start: now}, Closed: livechat.Period{End: now.Add(-time.Hour)}},
	} {
		list, err := s.ListRooms(t.Context(), f, 0, 50, now)
		if err != nil || list.Total != 0 || list.Cursor != (livechat.ListCursor{}) {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}
