package survey_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

// database is the store of a sender.
type database = survey.Store

// mortal is the store and the channel of a sender. It simulates the death of the process
// at the nth call of a step, before or after the call takes effect. Later calls have no
// effect.
type mortal struct {
	database
	channel survey.Channel

	step  string
	nth   int
	after bool

	lock   sync.Mutex
	made   int // calls of the step
	isDead bool
}

func (m *mortal) call(step string, do func() error) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.isDead {
		return errDead
	}
	if step != m.step {
		return do()
	}
	m.made++
	m.isDead = m.made == m.nth
	if m.isDead && !m.after {
		return errDead
	}
	err := do()
	if m.isDead {
		return errDead
	}
	return err
}

func (m *mortal) Settings(ctx context.Context) (s settings.Settings, err error) {
	err = m.call("read settings", func() (err error) { s, err = m.database.Settings(ctx); return err })
	return s, err
}

func (m *mortal) DueSurveys(ctx context.Context, shard int, now livechat.Time, from livechat.DueCursor) (rooms []string, next livechat.DueCursor, err error) {
	err = m.call("find due", func() (err error) { rooms, next, err = m.database.DueSurveys(ctx, shard, now, from); return err })
	return rooms, next, err
}

func (m *mortal) Recipients(ctx context.Context, surveys []livechat.Survey) (a []livechat.Recipient, err error) {
	err = m.call("read visitors", func() (err error) { a, err = m.database.Recipients(ctx, surveys); return err })
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
	for _, step := range []string{"read settings", "find due", "read visitors", "reserve", "claim", "deliver", "mark"} {
		for _, after := range []bool{false, true} {
			nth := 1
			for killedAt(t, step, nth, after) {
				nth++
			}
			if nth == 1 {
				t.Errorf("the sender was never killed at %q", step)
			}
		}
	}
}

// killedAt reports whether the sender came to the nth call of the step, and died there.
func killedAt(t *testing.T, step string, nth int, after bool) (killed bool) {
	t.Run(fmt.Sprintf("%s %d, done %t", step, nth, after), func(t *testing.T) {
		w := newWorld(t, map[string]string{"surveyReminderDays": "2"})
		reminded := w.closed(w.visitor(address))
		w.after(time.Hour)
		w.now = w.now.Add(2 * 24 * time.Hour)
		invited, skipped := w.closed(w.visitor(address)), w.closed(w.visitor(""))
		w.now = w.now.Add(time.Hour)

		doomed := &mortal{database: w.store, channel: w.mailbox, step: step, nth: nth, after: after}
		sender := w.sender()
		sender.Store, sender.AtOnce = doomed, 1
		sender.Channels = map[string]survey.Channel{livechat.ChannelEmail: doomed}
		_, _ = sender.Run(t.Context(), w.now) // a dead process has no result
		killed = doomed.isDead

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
	return killed
}
