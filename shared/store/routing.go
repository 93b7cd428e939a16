package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// routing caches the agents and their loads.
type routing struct {
	lock sync.Mutex
	listed
	read time.Time
	// fresh limits how often a process reads the list again before it is routingAge old.
	fresh *rate.Limiter
}

// listed holds the agents with their loads, and the numbers of recently opened rooms, all
// counted from the list of open rooms.
type listed struct {
	agents []livechat.Agent
	// opened is the number of listed rooms that were opened in the same second, by the
	// key of the counter for the second.
	opened map[table.Key]int
}

const (
	// routingAge is the maximum age of the loads used for routing.
	routingAge = time.Second
	// freshReads is the number of fresh reads per second. It lets light traffic be routed
	// with current loads.
	freshReads      = 2
	freshReadsBurst = 4
	// openingsAfterlife is the time for which a second's count is kept afterwards. It
	// allows for clock differences.
	openingsAfterlife = time.Minute
)

// RoutingAgents returns the agents with their loads, and a function that chooses the
// agent for opening the room with the id. The function picks the least busy agent.
//
// Loads can be a second old, and in a rush many rooms are opened before the list shows
// any of them. So RoutingAgents counts each opening, per second and shard of the list.
// The function assumes that the rooms that are counted but not yet listed went to the
// least busy agents.
func (s *Store) RoutingAgents(ctx context.Context, rid string, now livechat.Time) ([]livechat.Agent, livechat.Choice, error) {
	counter := layout.OpeningsKey(rid, now)
	var listed listed
	var count int
	reading, both := errgroup.WithContext(ctx)
	reading.Go(func() (err error) {
		listed, err = s.recentlyListed(both)
		return err
	})
	reading.Go(func() (err error) {
		count, err = s.countOpening(both, counter, now)
		return err
	})
	if err := reading.Wait(); err != nil {
		return nil, nil, fmt.Errorf("routing agents: %w", err)
	}
	return listed.agents, livechat.LeastBusyAfter(count - 1 - listed.opened[counter]), nil
}

func (s *Store) countOpening(ctx context.Context, counter table.Key, now livechat.Time) (int, error) {
	item, err := s.table.Update(ctx, counter, table.Update{
		Expression: "SET " + layout.FieldExpiry + " = :expires ADD opened :one",
		Values:     table.Values{":one": 1, ":expires": layout.Seconds(now.Add(openingsAfterlife))},
	})
	if err != nil {
		return 0, err
	}
	var count struct {
		Opened int `json:"opened"`
	}
	err = item.Decode(&count)
	return count.Opened, err
}

// recentlyListed returns agents and loads that are at most routingAge old. It reads them
// again unless the cached ones are recent enough and the limiter refuses another read.
func (s *Store) recentlyListed(ctx context.Context) (listed, error) {
	s.routing.lock.Lock()
	defer s.routing.lock.Unlock()
	now := s.now()
	if now.Sub(s.routing.read) < routingAge && !s.routing.fresh.AllowN(now, 1) {
		return s.routing.listed, nil
	}
	read, err := s.readListed(ctx, routedRooms)
	if err == nil {
		s.routing.listed, s.routing.read = read, now
	}
	return read, err
}

// AgentsWithLoad counts loads from the newest loadedRooms open rooms of each shard. That
// is all open rooms unless hundreds of rooms are open. The limit bounds the cost, and
// agents who recently got rooms still count as busier. Routing reads only routedRooms per
// shard, which costs at most 32 read units with the longest names.
const (
	loadedRooms = 64
	routedRooms = 24
)

// AgentsWithLoad returns all agents with the number of open rooms that each serves.
func (s *Store) AgentsWithLoad(ctx context.Context) ([]livechat.Agent, error) {
	read, err := s.readListed(ctx, loadedRooms)
	return read.agents, err
}

func (s *Store) readListed(ctx context.Context, perShard int) (listed, error) {
	shards := layout.OpenShards()
	pages := make([]table.Page, len(shards))
	reading, readingCtx := errgroup.WithContext(ctx)
	for i, shard := range shards {
		reading.Go(func() (err error) {
			pages[i], err = s.table.QueryRange(readingCtx, newestFirst(shard, "", ""), perShard, nil)
			return err
		})
	}
	read := listed{opened: map[table.Key]int{}}
	reading.Go(func() (err error) {
		read.agents, err = s.Agents(readingCtx)
		return err
	})
	if err := reading.Wait(); err != nil {
		return listed{}, fmt.Errorf("agents with load: %w", err)
	}
	loads := map[string]int{}
	for _, page := range pages {
		for _, item := range page.Items {
			room, err := layout.DecodeListed(item)
			if err != nil {
				return listed{}, err
			}
			read.opened[layout.OpeningsKey(room.ID, room.OpenedAt)]++
			if room.ServedBy != nil {
				loads[room.ServedBy.ID]++
			}
		}
	}
	for i := range read.agents {
		read.agents[i].OpenRooms = loads[read.agents[i].ID]
	}
	return read, nil
}
