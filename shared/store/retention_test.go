package store_test

import (
	"errors"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/retention"
	"livechat/shared/store"
	"livechat/shared/store/storetest"
	"livechat/shared/store/verify"
)

// TestVisitorWhoComesBackJustThenStays: a visitor may come back for any purpose and
// between any of the run's steps. Nothing that they were shown is lost, and they can open
// the next room.
func TestVisitorWhoComesBackJustThenStays(t *testing.T) {
	rename := func(t *testing.T, s *store.Store, v livechat.Visitor) bool {
		_, err := s.RegisterVisitor(t.Context(), v.Token, func(v livechat.Visitor, known bool) (livechat.Visitor, error) {
			if !known {
				t.Error("the visitor is already deleted")
			}
			v.Name, v.UpdatedAt = "Back Again", now
			return v, nil
		})
		return err == nil
	}
	chat := func(t *testing.T, s *store.Store, v livechat.Visitor) bool {
		room, _, err := s.OpenRoom(t.Context(), storetest.NewRoom(t, v))
		if errors.Is(err, livechat.ErrInvalidToken) {
			return false // refused, as during any deletion
		}
		if err == nil {
			_, err = s.CloseRoom(t.Context(), room.ID, closing)
		}
		if err != nil {
			t.Error(err)
		}
		return true
	}
	for name, c := range map[string]struct {
		before string
		back   func(*testing.T, *store.Store, livechat.Visitor) bool
	}{
		"renamed before the tombstone": {"PutItem", rename}, "renamed before the deletion": {"TransactWriteItems", rename},
		"chatted before the tombstone": {"PutItem", chat}, "chatted before the deletion": {"TransactWriteItems", chat},
	} {
		t.Run(name, func(t *testing.T) {
			good, raw := storetest.NewWithClient(t)
			v := storetest.Register(t, good, "token")
			done, was := false, false
			s := raw.Store(t, storetest.Before(c.before, func() {
				if !done {
					done = true
					was = c.back(t, good, v)
				}
			}))
			_, err := s.EraseIdleVisitors(t.Context(), retention.Sweep{
				Before: now.Add(time.Hour),
				Now:    func() livechat.Time { return now },
				More:   func() bool { return true },
				Audit:  storetest.Deletion,
			})
			if err != nil || !done {
				t.Fatalf("done %v, %v", done, err)
			}
			_, _, err = good.VisitorByToken(t.Context(), "token")
			if gone := errors.Is(err, livechat.ErrInvalidToken); gone == was {
				t.Errorf("came back in time: %v, deleted: %v (%v)", was, gone, err)
			}
			if was {
				storetest.Open(t, good, v)
			}
			_, err = verify.Verification{
				Store: good, Now: func() livechat.Time { return now.Add(time.Hour) }, Found: func(p verify.Problem) { t.Errorf("%+v", p) },
			}.Run(t.Context())
			if err != nil {
				t.Error(err)
			}
		})
	}
}
