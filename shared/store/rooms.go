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

// MostListed is how many rooms are looked at for a list at most: the open ones
// first, the latest opened first, then the closed ones, the latest closed first.
const MostListed = 2000

// ListRooms returns a page of the rooms that the filter wants, and how many there
// are. The index behind it lags: a room that was opened or closed a moment ago may
// be missing, or be listed as what it was.
func (s *Store) ListRooms(
	ctx context.Context, f livechat.RoomFilter, offset, count int, now livechat.Time,
) ([]livechat.Room, int, error) {
	keys, err := s.listed(ctx, f.Range(), now)
	if err != nil {
		return nil, 0, fmt.Errorf("list rooms: %w", err)
	}
	if f.Everything() {
		rooms, err := s.readListed(ctx, page(keys, offset, count))
		return rooms, len(keys), err
	}
	rooms, err := s.readListed(ctx, keys)
	if err != nil {
		return nil, 0, err
	}
	rooms = f.Of(rooms)
	return page(rooms, offset, count), len(rooms), nil
}

func page[T any](list []T, offset, count int) []T {
	return list[min(offset, len(list)):min(offset+count, len(list))]
}

// listed are the keys of the rooms of a range. Its parts are read side by side.
func (s *Store) listed(ctx context.Context, r livechat.RoomRange, now livechat.Time) ([]table.Key, error) {
	all := parts(r, now)
	keys := make([][]table.Key, len(all))
	var reading errgroup.Group
	reading.SetLimit(partsAtOnce)
	for i, part := range all {
		reading.Go(func() (err error) {
			keys[i], err = s.listedIn(ctx, part)
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	return page(slices.Concat(keys...), 0, MostListed), nil
}

func (s *Store) listedIn(ctx context.Context, part table.Range) ([]table.Key, error) {
	var keys []table.Key
	for from := table.Item(nil); ; {
		page, err := s.table.QueryRange(ctx, part, int32(MostListed-len(keys)), from) //nolint:gosec // at most MostListed
		if err != nil {
			return nil, err
		}
		keys = append(keys, page.Keys...)
		if from = page.Next; from == nil || len(keys) >= MostListed {
			return keys, nil
		}
	}
}

// partsAtOnce are more than the open rooms and those closed in a year.
const partsAtOnce = 14

// firstMonth is before every room that the list has, but for those of an import.
const firstMonth = "2015-01"

// parts are the range's parts in the index: one for the open rooms, and one for
// each month of closings, the latest first. Without a bound, closed rooms are
// those of a year.
func parts(r livechat.RoomRange, now livechat.Time) []table.Range {
	in := func(value, from, to string) table.Range {
		return table.Range{
			Index: layout.DueIndex, PK: layout.DueIndexPK, SK: layout.DueIndexSK, Value: value, From: from, To: to, Latest: true,
		}
	}
	const beyond = "\U0010ffff"
	var all []table.Range
	if r.Open {
		all = append(all, in(layout.ListOpen, "", beyond))
	}
	if !r.Closed {
		return all
	}
	from, to := r.ClosedFrom, r.ClosedTo
	if to == 0 || to > now {
		to = now // nothing is closed yet that will be
	}
	if from == 0 {
		from = livechat.At(to.Time().AddDate(-1, 0, 0))
	}
	if from > to {
		return all
	}
	for m := layout.Month(to); m >= max(layout.Month(from), firstMonth); m = monthBefore(m) {
		all = append(all, in(layout.ListClosed+m, from.String(), to.String()+beyond))
	}
	return all
}

// batchesAtOnce is how many batches of a list are read side by side.
const batchesAtOnce = 4

// readListed returns the rooms under the keys, those that are still there.
func (s *Store) readListed(ctx context.Context, keys []table.Key) ([]livechat.Room, error) {
	batches := slices.Collect(slices.Chunk(keys, table.MostKeys))
	rooms := make([][]livechat.Room, len(batches))
	var reading errgroup.Group
	reading.SetLimit(batchesAtOnce)
	for i, batch := range batches {
		reading.Go(func() (err error) {
			rooms[i], err = s.readRooms(ctx, batch)
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	return slices.Concat(rooms...), nil
}

func (s *Store) readRooms(ctx context.Context, keys []table.Key) ([]livechat.Room, error) {
	items, err := s.table.BatchGet(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var rooms []livechat.Room
	for _, key := range keys {
		item := items[key]
		// OPEN may have a tombstone by now.
		if item == nil || item.Text(layout.IndexKey) == "" {
			continue
		}
		room, err := layout.DecodeRoom(item)
		if err != nil {
			return nil, err
		}
		rooms = append(rooms, room)
	}
	return rooms, nil
}
