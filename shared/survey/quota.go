package survey

import (
	"context"
	"sync"
	"sync/atomic"

	"livechat/shared/livechat"
)

// mailQuota is the process's share of the mails that the stack may send in a day. One
// reservation covers all deliveries that wait at that moment, so that many mails at once
// cost few writes. Mails that were reserved and not sent stay
// for the next run of the process. When the process ends they are lost, and count as
// sent: a day can have a few mails less than its limit, but never more.
type mailQuota struct {
	waiting atomic.Int64

	lock sync.Mutex
	day  string
	left int
	// usedUp is the limit of which nothing is left that day; 0 while something is.
	usedUp int
	// share is how much of the limit is reserved, in percent.
	share float64
}

// take takes one mail of the day of now, and reports whether the limit leaves one. A limit of
// 0 is none, and counts nothing.
func (q *mailQuota) take(ctx context.Context, surveys SurveyStore, now livechat.Time, limit int) (bool, error) {
	if limit == 0 {
		return true, nil
	}
	q.waiting.Add(1)
	q.lock.Lock()
	defer q.lock.Unlock()
	waiting := int(q.waiting.Add(-1)) + 1 // this delivery, too
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

// putBack returns a mail of the day of now that was taken by the limit and not sent.
func (q *mailQuota) putBack(now livechat.Time, limit int) {
	q.lock.Lock()
	defer q.lock.Unlock()
	if limit > 0 && q.day == dayOf(now) {
		q.left++
	}
}

// shareOn returns how much of the limit was reserved of the day of now, in percent, as the
// last reservation saw it.
func (q *mailQuota) shareOn(now livechat.Time) float64 {
	q.lock.Lock()
	defer q.lock.Unlock()
	if q.day != dayOf(now) {
		return 0
	}
	return q.share
}

func dayOf(t livechat.Time) string { return t.String()[:len("2006-01-02")] }

// nextDay is when the mails of the next day begin to count.
func nextDay(t livechat.Time) livechat.Time { return livechat.At(t.Time().Truncate(day).Add(day)) }
