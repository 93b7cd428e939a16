package store

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// ListRooms returns a page of the rooms that match the filter. The index has a list item
// for every room. ListRooms reads the list items from the filter's cursor on, and reads
// the full rooms only for the page. It stops at a fixed cost. If it did not read all
// matching rooms, the last page has a cursor. Because the index lags, a room that was
// just opened or closed may be missing or listed in its previous state.
func (s *Store) ListRooms(ctx context.Context, f livechat.RoomFilter, offset, count int, now livechat.Time) (livechat.RoomList, error) {
	r := f.Range(now)
	list, keys, err := s.list(ctx, r)
	if err != nil {
		return livechat.RoomList{}, fmt.Errorf("list rooms: %w", err)
	}
	list.Rooms = f.Apply(list.Rooms)
	list = list.Truncate(maxFound, r)
	list.Total = len(list.Rooms)
	if offset+count < list.Total {
		list.Cursor = livechat.ListCursor{} // using it would skip the next pages
	}
	shown := list.Rooms[min(offset, list.Total):min(offset+count, list.Total)]
	list.Rooms, err = s.readRooms(ctx, shown, keys)
	return list, err
}

// maxFound limits the rooms that are listed up to a cursor. It equals the largest offset,
// so that every listed room can be shown.
const maxFound = 1000

// Budgets for reading list items, in read units. If closed rooms are listed too, open
// rooms get only listBudgetOpen. Reading a full room costs another half unit.
const (
	listBudget     = 95
	listBudgetOpen = 60
	// listQuery is the minimum cost of a query, even without results.
	listQuery = 0.5
)

// list reads the list items of a range. It returns them as rooms that have only a list
// item's attributes, and returns the rooms' keys by room id.
func (s *Store) list(ctx context.Context, r livechat.RoomRange) (livechat.RoomList, map[string]table.Key, error) {
	var list livechat.RoomList
	keys := map[string]table.Key{}
	budget := float64(listBudget)
	add := func(shards []string, from, to livechat.Time, most float64) (livechat.Time, error) {
		items, end, units, err := s.readList(ctx, shards, from, to, most)
		budget -= units
		for _, item := range items {
			room, err := layout.DecodeListed(item)
			if err != nil {
				return 0, err
			}
			if keys[room.ID] != (table.Key{}) { // the room was still open when the open rooms were read
				list.Rooms = slices.DeleteFunc(list.Rooms, func(r livechat.Room) bool { return r.ID == room.ID })
			}
			list.Rooms, keys[room.ID] = append(list.Rooms, room), item.Key()
		}
		return end, err
	}
	if r.Open {
		most := budget
		if r.Closed {
			most = listBudgetOpen
		}
		end, err := add(layout.OpenShards(), 0, r.OpenedTo, most)
		if err != nil {
			return list, nil, err
		}
		list.Cursor.Opened = end
	}
	if !r.Closed {
		return list, keys, nil
	}
	var months []string
	for m := layout.Month(r.ClosedTo - 1); m >= layout.Month(r.ClosedFrom); m = layout.MonthBefore(m) {
		months = append(months, m)
	}
	next := r.ClosedTo
	for batch := range slices.Chunk(months, monthsAtOnce) {
		var shards []string
		for _, m := range batch {
			shards = append(shards, layout.ClosedShards(m)...)
		}
		if budget < listQuery*float64(len(shards)) {
			list.Cursor.Closed = next
			break
		}
		end, err := add(shards, r.ClosedFrom, r.ClosedTo, budget)
		if err != nil {
			return list, nil, err
		}
		if end != 0 {
			list.Cursor.Closed = end
			break
		}
		if next, err = layout.ListTime(batch[len(batch)-1] + "-01T00:00:00Z"); err != nil {
			return list, nil, err
		}
	}
	return list, keys, nil
}

// monthsAtOnce is the number of months whose closed rooms are read in parallel.
const monthsAtOnce = 3

// maxListed is the largest size of a list item, with its names and tags, in bytes.
const maxListed = 4 << 10

// readList reads the list items of the shards, newest first, until it has read all of
// them or the budget is used up. The budget must cover at least one query per shard. If
// more items are left, end is the time before which they start. Otherwise it is zero.
func (s *Store) readList(
	ctx context.Context, shards []string, from, to livechat.Time, budget float64,
) (items []table.Item, end livechat.Time, units float64, err error) {
	type shard struct {
		items []table.Item
		next  table.Item
		units float64
	}
	read := make([]shard, len(shards))
	share := budget / float64(len(shards))
	reading, ctx := errgroup.WithContext(ctx)
	for i, key := range shards {
		reading.Go(func() error {
			r := newestFirst(key, boundText(from), boundText(to))
			for {
				// Reading 4 KB costs half a unit, because reads of an index are
				// eventually consistent.
				limit := int((share - read[i].units) * 2 * 4096 / maxListed)
				if limit <= 0 {
					return nil
				}
				page, err := s.table.QueryRange(ctx, r, limit, read[i].next)
				if err != nil {
					return err
				}
				read[i] = shard{append(read[i].items, page.Items...), page.Next, read[i].units + max(page.Units, listQuery)}
				if page.Next == nil {
					return nil
				}
			}
		})
	}
	if err := reading.Wait(); err != nil {
		return nil, 0, 0, err
	}
	for _, shard := range read {
		units += shard.units
		if shard.next == nil {
			continue
		}
		last, err := layout.ListTime(shard.next.Text(layout.TimeIndexSK))
		if err != nil {
			return nil, 0, 0, err
		}
		end = max(end, last+1)
	}
	complete := boundText(end)
	for _, shard := range read {
		for _, item := range shard.items {
			if item.Text(layout.TimeIndexSK) >= complete {
				items = append(items, item)
			}
		}
	}
	return items, end, units, nil
}

func boundText(t livechat.Time) string {
	if t == 0 {
		return ""
	}
	return t.String()
}

// newestFirst returns the range of a list from the first bound to the second, which is
// exclusive, in descending order. An empty string means unbounded.
func newestFirst(shard, from, to string) table.Range {
	if to == "" {
		to = "\U0010ffff"
	}
	return table.Range{
		Index: layout.TimeIndex, PK: layout.TimeIndexPK, SK: layout.TimeIndexSK, Value: shard, From: from, To: to, Latest: true,
	}
}

// readRooms returns the listed rooms in full, except those that no longer exist.
func (s *Store) readRooms(ctx context.Context, listed []livechat.Room, keys map[string]table.Key) ([]livechat.Room, error) {
	rooms := []livechat.Room{}
	for batch := range slices.Chunk(listed, table.MaxKeys) {
		wanted := make([]table.Key, len(batch))
		for i, room := range batch {
			wanted[i] = keys[room.ID]
		}
		items, err := s.table.BatchGetEventually(ctx, wanted...)
		if err != nil {
			return nil, err
		}
		for i, key := range wanted {
			// The room may have been closed or moved since it was listed.
			if items[key].Text(layout.IDIndexPK) != layout.IndexRoom(batch[i].ID) {
				continue
			}
			room, err := layout.DecodeRoom(items[key])
			if err != nil {
				return nil, err
			}
			rooms = append(rooms, room)
		}
	}
	return rooms, nil
}
