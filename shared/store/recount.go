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
	first, err := s.drifts(ctx)
	if err != nil || len(first) == 0 {
		return 0, err
	}
	if err := table.Pause(ctx, pause); err != nil {
		return 0, err
	}
	second, err := s.drifts(ctx)
	if err != nil {
		return 0, err
	}
	put := 0
	for id, drift := range second {
		if first[id] != drift {
			continue
		}
		done, err := s.setLoad(ctx, id, drift)
		if err != nil {
			return put, fmt.Errorf("recount: %w", err)
		}
		if done {
			put++
		}
	}
	return put, nil
}

// drift is a load that is not what the rooms say.
type drift struct{ load, rooms int }

func (s *Store) drifts(ctx context.Context) (map[string]drift, error) {
	agents, err := s.Agents(ctx)
	if err != nil {
		return nil, err
	}
	counted, err := s.openRooms(ctx)
	if err != nil {
		return nil, fmt.Errorf("recount: %w", err)
	}
	wrong := map[string]drift{}
	for _, a := range agents {
		if a.OpenRooms != counted[a.ID] {
			wrong[a.ID] = drift{a.OpenRooms, counted[a.ID]}
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
