package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// contention tracks one call that changes a room concurrently with other calls. The
// longest wait before a retry grows with the number of writes that came first and with
// the duration of the last try. It is halved for each second that the call has been
// trying. So an older call tries more often, and no call starves.
type contention struct {
	tries, version, otherWrites int
	// first is the start of the first try, and began is the start of the latest try.
	first, began time.Time
}

const (
	// maxTries limits the tries of a call without a deadline.
	maxTries = 300
	// perOther is the longest wait for each other write that came first.
	perOther = 50 * time.Millisecond
	// perTry is the longest wait as a multiple of the last try's duration, which grows
	// with the number of calls in the database's queue.
	perTry      = 3
	maxRaceWait = 1500 * time.Millisecond
)

// begin starts a try.
func (r *contention) begin() {
	r.began = time.Now()
	if r.first.IsZero() {
		r.first = r.began
	}
}

// recordVersion records the room's version that the try is based on.
func (r *contention) recordVersion(version int) {
	r.otherWrites = 1
	if r.tries > 0 {
		r.otherWrites = max(1, version-r.version)
	}
	r.version = version
	r.tries++
}

// wait waits before the next try. It fails as Unavailable if the caller's deadline leaves
// no time for another try.
func (r *contention) wait(ctx context.Context) error {
	took := time.Since(r.began)
	longest := min(max(perOther*time.Duration(r.otherWrites), perTry*took), maxRaceWait)
	wait := rand.N(longest >> min(time.Since(r.first)/time.Second, 10))
	// Give up early: a write that the deadline cuts off may still succeed, while the
	// caller gets a 503.
	deadline, ok := ctx.Deadline()
	if r.tries >= maxTries || ok && time.Until(deadline) < wait+2*took {
		return &livechat.Error{Kind: livechat.Unavailable, Err: fmt.Errorf("%d tries: %w", r.tries, livechat.ErrConflict)}
	}
	if err := table.Pause(ctx, wait); err != nil {
		return &livechat.Error{Kind: livechat.Unavailable, Err: errors.Join(err, livechat.ErrConflict)}
	}
	return nil
}
