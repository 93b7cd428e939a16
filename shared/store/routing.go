package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// routing is the agents and their loads as a process last read them.
type routing struct {
	lock   sync.Mutex
	agents []livechat.Agent
	read   time.Time
	// fresh is how often a process reads them again before they are old.
	fresh *rate.Limiter
}

const (
	// routingAge is how old the agents that routing goes by may be.
	routingAge = time.Second
	// freshReads a second are enough for little traffic, which so is routed exactly.
	freshReads      = 2
	freshReadsBurst = 4
)

// count adds the room that was just opened to the load of its agent.
func (r *routing) count(served *livechat.ServedBy) {
	if served == nil {
		return
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.agents = slices.Clone(r.agents) // a caller has the former ones
	for i := range r.agents {
		if r.agents[i].ID == served.ID {
			r.agents[i].OpenRooms++
		}
	}
}

// RoutingAgents returns the agents with their loads, and how to choose by them: the
// least busy one by loads that were just read; under traffic, by loads that are up to
// a second old, the less busy of two drawn at random.
func (s *Store) RoutingAgents(ctx context.Context) ([]livechat.Agent, livechat.Choice, error) {
	s.routing.lock.Lock()
	defer s.routing.lock.Unlock()
	now := s.now()
	if now.Sub(s.routing.read) < routingAge && !s.routing.fresh.AllowN(now, 1) {
		return s.routing.agents, livechat.LessBusyOfTwo(rand.IntN), nil
	}
	agents, err := s.AgentsWithLoad(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.routing.agents, s.routing.read = agents, now
	return agents, livechat.LeastBusy, nil
}

// loadedRooms is how many open rooms of a shard a load is counted from: the newest
// ones, which are all unless more than some hundreds are open. What that costs is
// bounded, and agents who were given rooms lately still count as busier.
const loadedRooms = 64

// AgentsWithLoad returns all agents, with the number of open rooms that each serves.
func (s *Store) AgentsWithLoad(ctx context.Context) ([]livechat.Agent, error) {
	shards := layout.OpenShards()
	pages := make([]table.Page, len(shards))
	reading, readingCtx := errgroup.WithContext(ctx)
	for i, shard := range shards {
		reading.Go(func() (err error) {
			pages[i], err = s.table.QueryRange(readingCtx, newestFirst(shard, "", ""), loadedRooms, nil)
			return err
		})
	}
	var agents []livechat.Agent
	reading.Go(func() (err error) {
		agents, err = s.Agents(readingCtx)
		return err
	})
	if err := reading.Wait(); err != nil {
		return nil, fmt.Errorf("agents with load: %w", err)
	}
	loads := map[string]int{}
	for _, page := range pages {
		for _, item := range page.Items {
			room, err := layout.DecodeListed(item)
			if err != nil {
				return nil, err
			}
			if room.ServedBy != nil {
				loads[room.ServedBy.ID]++
			}
		}
	}
	for i := range agents {
		agents[i].OpenRooms = loads[agents[i].ID]
	}
	return agents, nil
}
