package store_test

import (
	"sync"
	"testing"
	"time"

	"livechat/shared/store/storetest"
)

// TestADayHasNoMoreMailsThanItsLimit, for concurrent reservations of any size.
func TestADayHasNoMoreMailsThanItsLimit(t *testing.T) {
	s := storetest.New(t)
	reserve := func(n, limit int) (reserved, counted int) {
		t.Helper()
		reserved, counted, err := s.ReserveMails(t.Context(), now, n, limit)
		if err != nil {
			t.Error(err)
		}
		return reserved, counted
	}
	const limit = 100
	var all sync.WaitGroup
	var lock sync.Mutex
	total := 0
	for i := range 16 {
		all.Go(func() {
			for range 5 {
				n, _ := reserve(1+i%7, limit)
				lock.Lock()
				total += n
				lock.Unlock()
			}
		})
	}
	all.Wait()
	if total != limit {
		t.Errorf("%d mails were reserved, want %d", total, limit)
	}
	if n, counted := reserve(1, limit); n != 0 || counted != limit {
		t.Errorf("one more mail: %d reserved, %d counted", n, counted)
	}
	if n, counted := reserve(10, limit+3); n != 3 || counted != limit+3 {
		t.Errorf("with a higher limit: %d reserved, %d counted", n, counted)
	}
	if n, _ := reserve(10, 5); n != 0 {
		t.Errorf("with a lower limit: %d reserved", n)
	}
	n, counted, err := s.ReserveMails(t.Context(), now.Add(24*time.Hour), 7, 5)
	if err != nil || n != 5 || counted != 5 {
		t.Errorf("the next day: %d reserved, %d counted (%v)", n, counted, err)
	}
}
