package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// guestNumbers holds the numbers that this process drew from the shared counter and has
// not assigned yet.
type guestNumbers struct {
	lock       sync.Mutex
	next, last int64
	drawn      time.Time
}

const (
	// guestBatch is the number of guest numbers that a process draws at once while it
	// registers many visitors. Batches reduce the writes to the counter, which all
	// processes share.
	guestBatch = 16
	// guestsKept is the time within which drawn numbers can be assigned. Numbers left
	// after it are lost. A process that draws again within guestsKept draws a batch.
	guestsKept = 10 * time.Minute
)

// nextGuestName returns an unused guest name. Because processes draw numbers in batches,
// the numbers increase within a process but not across processes.
func (s *Store) nextGuestName(ctx context.Context) (string, error) {
	g := &s.guests
	g.lock.Lock()
	defer g.lock.Unlock()
	now := s.now()
	recently := now.Sub(g.drawn) < guestsKept
	if !recently || g.next > g.last {
		batch := int64(1)
		if recently {
			batch = guestBatch
		}
		last, err := s.drawGuests(ctx, batch)
		if err != nil {
			return "", fmt.Errorf("next guest name: %w", err)
		}
		g.next, g.last, g.drawn = last-batch+1, last, now
	}
	g.next++
	return livechat.GuestName(g.next - 1), nil
}

// drawGuests draws that many consecutive numbers and returns the last of them.
func (s *Store) drawGuests(ctx context.Context, numbers int64) (int64, error) {
	counter, err := s.table.Update(ctx, layout.GuestCounterKey, table.Update{
		Expression: "ADD guests :numbers", Values: table.Values{":numbers": numbers},
	})
	if err != nil {
		return 0, err
	}
	var count struct {
		Guests int64 `json:"guests"`
	}
	err = counter.Decode(&count)
	return count.Guests, err
}
