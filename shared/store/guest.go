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

// guestNumbers are numbers that a process drew from the one counter and has not
// given out yet.
type guestNumbers struct {
	lock       sync.Mutex
	next, last int64
	drawn      time.Time
}

const (
	// guestBatch is how many numbers a process draws at once while it registers
	// visitors one after another: all of them share one counter.
	guestBatch = 16
	// guestsKept is for how long drawn numbers are given out; a draw within guestsKept
	// of the one before takes a batch. Numbers that are not given out are lost.
	guestsKept = 10 * time.Minute
)

// nextGuestName returns a guest name that nobody had before. Numbers rise, but for
// those that processes draw in batches.
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

// drawGuests returns the last of so many new numbers.
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
