package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// RecountAgents counts each agent's open rooms, and puts right the loads that
// drifted. A load is put right when it is found wrong by the same number twice,
// with a pause that is longer than the index lags, and did not change since. It
// returns how many were.
func (s *Store) RecountAgents(ctx context.Context, pause time.Duration) (int, error) {
	wrong, err := s.Drifts(ctx, func(ctx context.Context) error { return table.Pause(ctx, pause) })
	if err != nil {
		return 0, err
	}
	put := 0
	for id, drift := range wrong {
		switch err := s.CorrectLoad(ctx, id, drift); {
		case err == nil:
			put++
		case !errors.Is(err, ErrChanged):
			return put, fmt.Errorf("recount: %w", err)
		}
	}
	return put, nil
}

// Drift is an agent's load, and how many open rooms they have in truth.
type Drift struct{ Load, Rooms int }

// Drifts returns the agents whose load is not what the rooms say, by id: those of whom
// that is found twice, by the same numbers, with the pause between. The list of rooms
// lags, and a load can seem wrong that is right.
func (s *Store) Drifts(ctx context.Context, pause func(context.Context) error) (map[string]Drift, error) {
	first, err := s.drifts(ctx)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	if err := pause(ctx); err != nil {
		return nil, err
	}
	wrong, err := s.drifts(ctx)
	maps.DeleteFunc(wrong, func(id string, d Drift) bool { return first[id] != d })
	return wrong, err
}

func (s *Store) drifts(ctx context.Context) (map[string]Drift, error) {
	agents, err := s.Agents(ctx)
	if err != nil {
		return nil, err
	}
	counted, err := s.openRooms(ctx)
	if err != nil {
		return nil, fmt.Errorf("recount: %w", err)
	}
	wrong := map[string]Drift{}
	for _, a := range agents {
		if a.OpenRooms != counted[a.ID] {
			wrong[a.ID] = Drift{a.OpenRooms, counted[a.ID]}
		}
	}
	return wrong, nil
}

// openRooms counts all open rooms by the agent who serves them.
func (s *Store) openRooms(ctx context.Context) (map[string]int, error) {
	counted := map[string]int{}
	part := parts(livechat.RoomRange{Open: true}, 0)[0]
	for from := table.Item(nil); ; {
		page, err := s.table.QueryRange(ctx, part, table.MostKeys, from)
		if err != nil {
			return nil, err
		}
		rooms, err := s.readRooms(ctx, page.Keys)
		if err != nil {
			return nil, err
		}
		for _, r := range rooms {
			counted[loaded(r)]++
		}
		if from = page.Next; from == nil {
			return counted, nil
		}
	}
}
