package survey

import (
	"context"
	"sync"
	"sync/atomic"

	"livechat/shared/livechat"
)

// mailQuota is the process's share of the mails that the stack may send in a day. One
// reservation covers all deliveries that are waiting for a mail, so that many mails cost
// few writes. Reserved mails that were not sent stay reserved for the process's next run.
// When the process ends, the remaining mails count as sent. So a day can have fewer mails
// than its limit, but never more.
type mailQuota struct {
	waiting atomic.Int64

	lock sync.Mutex
	day  string
	left int
	// usedUp is the daily limit that is used up, or 0 if mails may be left. If the
	// setting is changed, the new limit is not used up.
	usedUp int
	// share is the reserved part of the limit, in percent.
	share float64
}

// take takes one mail from the quota of now's day, and reports whether a mail was left.
// If limit is 0, mails are unlimited and not counted.
func (q *mailQuota) take(ctx context.Context, surveys Store, now livechat.Time, limit int) (bool, error) {
	if limit == 0 {
		return true, nil
	}
	q.waiting.Add(1)
	q.lock.Lock()
	defer q.lock.Unlock()
	waiting := int(q.waiting.Add(-1)) + 1 // including this delivery
	if day := dayOf(now); q.day != day {
		q.day, q.left, q.usedUp, q.share = day, 0, 0, 0
	}
	if q.left == 0 && q.usedUp != limit {
		reserved, counted, err := surveys.ReserveMails(ctx, now, waiting, limit)
		if err != nil {
			return false, err
		}
		q.left, q.usedUp, q.share = reserved, 0, 100*float64(counted)/float64(limit)
		if reserved == 0 {
			q.usedUp = limit
		}
	}
	if q.left == 0 {
		return false, nil
	}
	q.left--
	return true, nil
}

// putBack returns a mail that was taken from the quota of now's day but not sent.
func (q *mailQuota) putBack(now livechat.Time, limit int) {
	q.lock.Lock()
	defer q.lock.Unlock()
	if limit > 0 && q.day == dayOf(now) {
		q.left++
	}
}

// shareOn returns the part of the daily limit, in percent, that was reserved for now's
// day at the last reservation.
func (q *mailQuota) shareOn(now livechat.Time) float64 {
	q.lock.Lock()
	defer q.lock.Unlock()
	if q.day != dayOf(now) {
		return 0
	}
	return q.share
}

func dayOf(t livechat.Time) string { return t.String()[:len("2006-01-02")] }

// nextDay returns when the next day's quota begins.
func nextDay(t livechat.Time) livechat.Time { return livechat.At(t.Time().Truncate(day).Add(day)) }
