package survey_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

// TestMailsOverTheDaysLimitWaitForTheNextDay also checks that webhooks do not count.
func TestMailsOverTheDaysLimitWaitForTheNextDay(t *testing.T) {
	w := newWorld(t, map[string]string{
		"surveyMailsPerDay": "5", "surveyChannels": "email,webhook", "surveyWebhookUrl": "https://www.example.com/hook",
	})
	w.now = livechat.At(time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC))
	var rooms []livechat.Room
	for range 12 {
		rooms = append(rooms, w.closed(w.visitor(address)))
	}
	w.closed(w.visitor(""))
	if result := w.after(time.Hour); result.Sent != 6 || result.Postponed != 7 || result.MailShare != 100 {
		t.Errorf("%+v", result)
	}
	w.wantMessages(6)
	midnight := livechat.At(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	waiting := 0
	for _, room := range rooms {
		if s := w.survey(room); s.State == livechat.SurveyScheduled {
			waiting++
			if s.DueAt != midnight || s.Attempts != 0 || len(s.Links) != 0 {
				t.Errorf("a waiting survey: %+v", s)
			}
		}
	}
	if waiting != 7 {
		t.Errorf("%d surveys wait, want 7", waiting)
	}
	w.now = midnight.Add(-time.Second)
	w.run()
	w.wantMessages(6)
	w.now = midnight
	w.run()
	w.wantMessages(11)
	w.after(24 * time.Hour)
	w.wantMessages(13)
}

// TestSendersAtOnceSendNoMoreThanTheDaysLimit runs several senders in parallel. If two
// reserve a mail for the same survey, one reservation is lost. So a day may have fewer
// mails, but all are sent in the end.
func TestSendersAtOnceSendNoMoreThanTheDaysLimit(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMailsPerDay": "10"})
	w.now = livechat.At(time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC))
	const surveys = 30
	for range surveys {
		w.closed(w.visitor(address))
	}
	w.now = w.now.Add(time.Hour)
	for day := 0; len(w.mailbox.messages()) < surveys && day < 10; day++ {
		before := len(w.mailbox.messages())
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if _, err := w.sender().Run(t.Context(), w.now); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if sent := len(w.mailbox.messages()) - before; sent > 10 || sent == 0 {
			t.Errorf("%d mails on one day", sent)
		}
		w.now = w.now.Add(24 * time.Hour)
	}
	w.wantMessages(surveys)
}

func TestMailThatWaitsForADayExpiresAsAnyOther(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMailsPerDay": "1", "surveyExpiryDays": "1"})
	w.closed(w.visitor(address))
	w.after(time.Hour)
	late := w.closed(w.visitor(address))
	next := w.closed(w.visitor(address))
	w.after(time.Hour)
	w.wantMessages(1)
	for w.now.Sub(late.ClosedAt) < 25*time.Hour {
		w.after(time.Hour)
	}
	w.wantMessages(2)
	skipped := 0
	for _, room := range []livechat.Room{late, next} {
		if s := w.survey(room); s.State == livechat.SurveySkipped && s.Reason == livechat.SkipTooLate {
			skipped++
		}
	}
	if skipped != 1 {
		t.Errorf("%d surveys were skipped as too late, want 1", skipped)
	}
}

func TestRemindersCountAsMails(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMailsPerDay": "1", "surveyReminderDays": "1"})
	w.closed(w.visitor(address))
	w.after(time.Hour)
	w.closed(w.visitor(address))
	w.after(24 * time.Hour)
	w.wantMessages(2)
	w.after(24 * time.Hour)
	w.wantMessages(3)
}

func TestNoLimitOfMailsCountsNothing(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMailsPerDay": "0"})
	for range 3 {
		w.closed(w.visitor(address))
	}
	if result := w.after(time.Hour); result.Sent != 3 || result.MailShare != 0 {
		t.Errorf("%+v", result)
	}
	for _, item := range w.raw.Items(t) {
		if item.Key().SK == "MAILS" {
			t.Error("mails are counted")
		}
	}
}

// reserving counts a sender's reservations.
type reserving struct {
	database
	calls atomic.Int64
}

func (r *reserving) ReserveMails(ctx context.Context, now livechat.Time, n, limit int) (reserved, counted int, err error) {
	r.calls.Add(1)
	return r.database.ReserveMails(ctx, now, n, limit)
}

// TestManyMailsAreReservedTogether checks that not every mail costs a write.
func TestManyMailsAreReservedTogether(t *testing.T) {
	w := newWorld(t, nil)
	const surveys = 300
	w.fill(t, surveys)
	counted := &reserving{database: w.store}
	sender := w.sender()
	sender.Store, sender.AtOnce = counted, 32
	if result, err := sender.Run(t.Context(), w.now); err != nil || result.Sent != surveys || result.MailShare != 100*surveys/5000.0 {
		t.Fatalf("%+v %v", result, err)
	}
	if calls := counted.calls.Load(); calls > surveys/2 {
		t.Errorf("%d reservations for %d mails", calls, surveys)
	} else {
		t.Logf("%d reservations for %d mails", calls, surveys)
	}
}

// TestMailsThatWereNotSentAreReservedForTheNextRun checks that a day of refusals does not
// use up the day's mails: the process keeps its reservations for its next run.
func TestMailsThatWereNotSentAreReservedForTheNextRun(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMailsPerDay": "2"})
	w.now = livechat.At(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
	w.closed(w.visitor(address))
	w.closed(w.visitor(address))
	w.now = w.now.Add(time.Hour)
	w.mailbox.fail = func(survey.Delivery) error { return errBusy }
	sender := w.sender()
	for range 5 {
		if _, err := sender.Run(t.Context(), w.now); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
	}
	w.mailbox.fail = nil
	if result, err := sender.Run(t.Context(), w.now); err != nil || result.Sent != 2 {
		t.Errorf("%+v %v", result, err)
	}
}
