package survey_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/store"
	"livechat/shared/store/table"
	"livechat/shared/survey"
)

// database is the store of a sender.
type database = survey.SurveyStore

// mortal is the store and the channel of a sender. It simulates the death of the process
// at call number dies, before or after the call takes effect. Later calls have no effect.
type mortal struct {
	database
	channel survey.Channel

	lock   sync.Mutex
	dies   int
	after  bool
	calls  []string
	isDead bool
}

func (m *mortal) call(name string, do func() error) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.isDead {
		return errDead
	}
	m.calls = append(m.calls, name)
	dies := len(m.calls) == m.dies
	if dies && !m.after {
		m.isDead = true
		return errDead
	}
	err := do()
	if dies {
		m.isDead = true
		return errDead
	}
	return err
}

func (m *mortal) Settings(ctx context.Context) (s livechat.Settings, err error) {
	err = m.call("read settings", func() (err error) { s, err = m.database.Settings(ctx); return err })
	return s, err
}

func (m *mortal) DueSurveys(ctx context.Context, shard int, now livechat.Time, from table.Item) (rooms []string, next table.Item, err error) {
	err = m.call("find due", func() (err error) { rooms, next, err = m.database.DueSurveys(ctx, shard, now, from); return err })
	return rooms, next, err
}

func (m *mortal) Askings(ctx context.Context, surveys []livechat.Survey) (a []store.Recipient, err error) {
	err = m.call("read visitors", func() (err error) { a, err = m.database.Askings(ctx, surveys); return err })
	return a, err
}

func (m *mortal) ClaimSurvey(ctx context.Context, s livechat.Survey, link livechat.Link, now, before livechat.Time) error {
	return m.call("claim", func() error { return m.database.ClaimSurvey(ctx, s, link, now, before) })
}

func (m *mortal) ReleaseSurvey(ctx context.Context, s livechat.Survey, link string) error {
	return m.call("release", func() error { return m.database.ReleaseSurvey(ctx, s, link) })
}

func (m *mortal) ReserveMails(ctx context.Context, now livechat.Time, n, limit int) (reserved, counted int, err error) {
	err = m.call("reserve", func() (err error) { reserved, counted, err = m.database.ReserveMails(ctx, now, n, limit); return err })
	return reserved, counted, err
}

func (m *mortal) Deliver(ctx context.Context, d survey.Delivery) error {
	return m.call("deliver", func() error { return m.channel.Deliver(ctx, d) })
}

func (m *mortal) SaveSurvey(ctx context.Context, s livechat.Survey) error {
	return m.call("mark", func() error { return m.database.SaveSurvey(ctx, s) })
}

// TestSenderThatIsKilled kills the sender at every boundary between two steps in turn. Of
// the three due surveys, one is to be sent, one reminded, and one skipped.
func TestSenderThatIsKilled(t *testing.T) {
	steps := map[string]bool{}
	for _, after := range []bool{false, true} {
		for dies := 1; ; dies++ {
			calls := killedAt(t, dies, after)
			if len(calls) < dies {
				break // the sender finished its run
			}
			steps[calls[dies-1]] = true
		}
	}
	for _, step := range []string{"read settings", "find due", "read visitors", "reserve", "claim", "deliver", "mark"} {
		if !steps[step] {
			t.Errorf("the sender was never killed at %q", step)
		}
	}
}

func killedAt(t *testing.T, dies int, after bool) (calls []string) {
	t.Run(fmt.Sprintf("call %d, done %t", dies, after), func(t *testing.T) {
		w := newWorld(t, map[string]string{"surveyReminderDays": "2"})
		reminded := w.closed(w.visitor(address))
		w.after(time.Hour)
		w.now = w.now.Add(2 * 24 * time.Hour)
		invited, skipped := w.closed(w.visitor(address)), w.closed(w.visitor(""))
		w.now = w.now.Add(time.Hour)

		doomed := &mortal{database: w.store, channel: w.mailbox, dies: dies, after: after}
		sender := w.sender()
		sender.Surveys, sender.AtOnce = doomed, 1
		sender.Channels = map[string]survey.Channel{livechat.ChannelEmail: doomed}
		_, _ = sender.Run(t.Context(), w.now) // a dead process has no result
		calls = slices.Clone(doomed.calls)

		// The next runs do the rest. A claim keeps them off for two minutes.
		w.after(time.Minute)
		w.after(2 * time.Minute)

		w.wantState(invited, livechat.SurveySent, "")
		w.wantState(skipped, livechat.SurveySkipped, livechat.SkipNoAddress)
		w.wantState(reminded, livechat.SurveySent, "")
		if s := w.survey(reminded); s.RemindedAt == 0 || s.Claim != nil {
			t.Errorf("reminded survey %+v", s)
		}
		if got := len(w.mailbox.messages()); got != 3 {
			t.Errorf("%d messages arrived, want 3", got)
		}
		if got := len(w.mailbox.all); got > 4 {
			t.Errorf("%d deliveries, want at most one repetition", got)
		}
	})
	return calls
}
