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

// ListRooms returns a page of the rooms that match the filter. It reads list items, which
// the index has for every room, from the filter's cursor on, and whole rooms only for the
// page. Its cost is bounded: if there is more, the last page has a cursor. The index
// lags: a room that was just opened or closed may be missing, or listed in its former
// state.
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
		list.Cursor = livechat.ListCursor{} // it would skip the pages in between
	}
	shown := list.Rooms[min(offset, list.Total):min(offset+count, list.Total)]
	list.Rooms, err = s.readRooms(ctx, shown, keys)
	return list, err
}

// maxFound limits the rooms found before a cursor to what an offset can skip, so that
// each room can be shown.
const maxFound = 1000

// Budgets for list items, in read units. If closed rooms are listed too, open rooms get a
// part only. Reading a room of the page costs half a unit in addition.
const (
	listBudget     = 95
	listBudgetOpen = 60
	// listQuery is the least cost of a query, even without results.
	listQuery = 0.5
)

// list reads the list items of a range as rooms with only these attributes, and their
// keys by room id.
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
			if keys[room.ID] != (table.Key{}) { // it was open when the open rooms were read
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

// monthsAtOnce is how many months of closed rooms are read in parallel.
const monthsAtOnce = 3

// maxListed is the largest size of a list item in bytes: names and tags.
const maxListed = 4 << 10

// readList reads list items of the shards, newest first, until their end or until the
// budget, which must cover a query per shard, is used up. In the latter case it returns
// the time before which there are more.
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
				// Half a unit for 4 KB: the index cannot be read consistently.
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

// newestFirst returns a part of a list. An empty bound is no bound; to is exclusive.
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
			// By now OPEN may hold another room of the visitor, or none.
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
