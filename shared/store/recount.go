package store

import (
	"context"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// RecountAgents counts each agent's open rooms, and puts right the loads that
// drifted. A load is put right when it is found wrong by the same number twice,
// with a pause that is longer than the index lags, and did not change since. It
// returns how many were.
func (s *Store) RecountAgents(ctx context.Context, pause time.Duration) (int, error) {
	first, err := s.Drifts(ctx)
	if err != nil || len(first) == 0 {
		return 0, err
	}
	if err := table.Pause(ctx, pause); err != nil {
		return 0, err
	}
	second, err := s.Drifts(ctx)
	if err != nil {
		return 0, err
	}
	put := 0
	for id, drift := range second {
		if first[id] != drift {
			continue
		}
		done, err := s.CorrectLoad(ctx, id, drift)
		if err != nil {
			return put, fmt.Errorf("recount: %w", err)
		}
		if done {
			put++
		}
	}
	return put, nil
}

// Drift is an agent's load, and how many open rooms they have in truth.
type Drift struct{ Load, Rooms int }

// Drifts returns the agents whose load is not what the rooms say, by id. The
// list of rooms lags: a load can seem wrong that is right, so look twice.
func (s *Store) Drifts(ctx context.Context) (map[string]Drift, error) {
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
