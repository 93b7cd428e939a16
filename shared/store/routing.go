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
	// fresh limits how often a process reads agents that are younger than routingAge.
	fresh *rate.Limiter
}

// listed is what the list of open rooms contains.
type listed struct {
	agents []livechat.Agent
	// opened counts the rooms that were opened in a second, by the key of that second's
	// counter.
	opened map[table.Key]int
}

const (
	// routingAge is the greatest age of the agents used for routing.
	routingAge = time.Second
	// freshReads per second are enough to route light traffic exactly.
	freshReads      = 2
	freshReadsBurst = 4
	// openingsAfterlife is how long a second's count is kept, because clocks differ.
	openingsAfterlife = time.Minute
)

// RoutingAgents returns the agents with their loads, and the choice among them, for
// opening the room with the id. The choice is the least busy agent. Loads can be a second
// old, and in a rush many processes read them before any of their rooms is listed. So
// each opening is counted, per second and shard of the list. The choice assumes that the
// openings counted earlier, but not yet listed, went to the least busy agents.
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

// recentlyListed returns the list from at most routingAge ago. It reads the list again
// unless this process does so too often.
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

// loadedRooms is how many open rooms per shard a load is counted from: the newest, which
// are all unless some hundreds are open. This bounds the cost, and agents who recently
// got rooms still count as busier. A visitor's call reads only routedRooms, at most 32
// read units with the longest names.
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
