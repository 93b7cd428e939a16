package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// VisitorByID returns the visitor with the id. It fails with
// [livechat.ErrInvalidVisitor].
func (s *Store) VisitorByID(ctx context.Context, id string) (livechat.Visitor, error) {
	if !livechat.CanBeID(id) {
		return livechat.Visitor{}, livechat.ErrInvalidVisitor
	}
	found, _, err := s.byID(ctx, nil, layout.IndexVisitor(id))
	if err != nil {
		return livechat.Visitor{}, fmt.Errorf("visitor by id: %w", err)
	}
	return visitorIn(found, id)
}

// RoomByID returns the room with the id, open or closed. It fails with
// [livechat.ErrInvalidRoom].
func (s *Store) RoomByID(ctx context.Context, rid string) (livechat.Room, error) {
	if !livechat.CanBeID(rid) {
		return livechat.Room{}, livechat.ErrInvalidRoom
	}
	found, _, err := s.byID(ctx, nil, layout.IndexRoom(rid))
	if err != nil {
		return livechat.Room{}, fmt.Errorf("room by id: %w", err)
	}
	return roomIn(found, rid)
}

func visitorIn(found map[string]table.Item, id string) (livechat.Visitor, error) {
	item := found[layout.IndexVisitor(id)]
	if item == nil {
		return livechat.Visitor{}, livechat.ErrInvalidVisitor
	}
	return layout.DecodeVisitor(item)
}

func roomIn(found map[string]table.Item, rid string) (livechat.Room, error) {
	item := found[layout.IndexRoom(rid)]
	if item == nil {
		return livechat.Room{}, livechat.ErrInvalidRoom
	}
	return layout.DecodeRoom(item)
}

// indexRetryWaits are the waits before the index is read again. The index usually lags
// the table by milliseconds. An item that the index lacks after half a second does not
// exist.
var indexRetryWaits = []time.Duration{20 * time.Millisecond, 60 * time.Millisecond, 140 * time.Millisecond, 280 * time.Millisecond}

// byID finds items by their index keys and reads them from the table, in two round trips
// for any number of items. It reads the items under the additional keys in the second
// round trip.
//
// The index lags. After a room was closed or moved, the index may name a key that no
// longer holds the room, or both the old and the new key. byID repeats the search for
// missing items, with the waits of indexRetryWaits.
func (s *Store) byID(
	ctx context.Context, additional []table.Key, values ...string,
) (found map[string]table.Item, other map[table.Key]table.Item, err error) {
	found = map[string]table.Item{}
	for try := 0; ; try++ {
		keys, err := s.keysInIndex(ctx, found, values)
		if err != nil {
			return nil, nil, err
		}
		items, err := s.table.BatchGet(ctx, append(keys, additional...)...)
		if err != nil {
			return nil, nil, err
		}
		for _, item := range items {
			found[item.Text(layout.IDIndexPK)] = item
		}
		if hasAll(found, values) || try == len(indexRetryWaits) {
			return found, items, nil
		}
		if err := table.Pause(ctx, indexRetryWaits[try]); err != nil {
			return nil, nil, &livechat.Error{Kind: livechat.Unavailable, Err: err}
		}
	}
}

// keysInIndex queries the index, in parallel, for each value that is not yet found.
func (s *Store) keysInIndex(ctx context.Context, found map[string]table.Item, values []string) ([]table.Key, error) {
	perValue := make([][]table.Key, len(values))
	queries, ctx := errgroup.WithContext(ctx)
	for i, value := range values {
		if found[value] != nil {
			continue
		}
		queries.Go(func() (err error) {
			perValue[i], err = s.table.QueryIndex(ctx, layout.IDIndex, layout.IDIndexPK, value)
			return err
		})
	}
	err := queries.Wait()
	return slices.Concat(perValue...), err
}

func hasAll(found map[string]table.Item, values []string) bool {
	return !slices.ContainsFunc(values, func(value string) bool { return found[value] == nil })
}
