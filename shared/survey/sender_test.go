package survey_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

const address = "mary@example.com"

func TestSurveyIsSentWhenItsDelayIsOver(t *testing.T) {
	w := newWorld(t, nil)
	room := w.closed(w.visitor(address))
	w.after(59 * time.Minute)
	w.wantMessages(0)
	w.wantState(room, livechat.SurveyScheduled, "")
	w.after(time.Minute)
	got := w.wantMessages(1)[0]
	w.wantState(room, livechat.SurveySent, "")
	if got.Kind != livechat.Invitation || got.Visitor.Emails[0].Address != address || !strings.HasPrefix(got.Link, "https://chat.example.com/s/") {
		t.Errorf("delivery %+v", got)
	}
	if s := w.survey(room); s.SentAt < w.now || s.Channel != livechat.ChannelEmail || s.Claim != nil {
		t.Errorf("survey %+v", s)
	}
	w.after(time.Hour)
	w.wantMessages(1)
}

func TestLinkLeadsToTheSurveyAndTellsNothing(t *testing.T) {
	w := newWorld(t, nil)
	v := w.visitor(address)
	room := w.closed(v)
	w.after(time.Hour)
	link := w.wantMessages(1)[0].Link
	code := strings.TrimPrefix(link, "https://chat.example.com/s/")
	for _, secret := range []string{room.ID, v.Token, v.ID} {
		if strings.Contains(link, secret) {
			t.Errorf("the link %s contains %s", link, secret)
		}
	}
	s, _, err := w.store.SurveyByLink(t.Context(), livechat.LinkHash(code))
	if err != nil || s.RoomID != room.ID {
		t.Errorf("the link leads to %v (%v)", s.RoomID, err)
	}
	for _, item := range w.raw.Items(t) {
		for name, value := range item {
			if strings.Contains(textOf(value), code) {
				t.Errorf("the code is stored in the table: %s of %v", name, item.Key())
			}
		}
	}
	if _, _, err := w.store.SurveyByLink(t.Context(), livechat.LinkHash(code+"x")); err == nil {
		t.Error("another code is accepted")
	}
}

func TestEachReasonToSkip(t *testing.T) {
	at := func(d time.Duration) func(*world) { return func(w *world) { w.after(d) } }
	for reason, tc := range map[string]struct {
		settings map[string]string
		address  string
		// before is called with the closed room before the sender runs.
		before func(*world, livechat.Room)
		alter  func(*livechat.Room)
		run    func(*world)
	}{
		livechat.SkipDisabled:   {settings: map[string]string{"surveyEnabled": "false"}},
		livechat.SkipSampledOut: {settings: map[string]string{"surveySamplingPercent": "0"}},
		livechat.SkipNotServed:  {alter: func(r *livechat.Room) { r.ServedBy = nil }},
		livechat.SkipNotAnswered: {
			alter: func(r *livechat.Room) { r.ResponseBy = nil },
		},
		livechat.SkipCameBack: {before: func(w *world, r livechat.Room) {
			w.open(livechat.Visitor{ID: r.Visitor.ID, Token: r.Visitor.Token})
		}},
		livechat.SkipNoAddress: {address: "none"},
		livechat.SkipNoSender:  {settings: map[string]string{"surveyMailFrom": ""}},
		livechat.SkipUnsubscribed: {before: func(w *world, _ livechat.Room) {
			other := w.visitorAt("mary+1@example.com")
			w.closed(other)
			w.after(time.Hour)
			code := w.mailbox.messages()[0].Link[len("https://chat.example.com/s/"):]
			w.must(w.store.Unsubscribe(w.t.Context(), livechat.LinkHash(code), w.now))
		}, settings: map[string]string{"surveyDelayMinutes": "60"}},
		livechat.SkipTooSoon: {before: func(w *world, r livechat.Room) {
			w.after(30 * time.Minute)
			w.closed(livechat.Visitor{ID: r.Visitor.ID, Token: r.Visitor.Token})
			w.after(30 * time.Minute)
		}},
		livechat.SkipTooLate:        {run: at(15 * 24 * time.Hour)},
		livechat.SkipVisitorDeleted: {before: func(w *world, r livechat.Room) { w.must(w.delete(livechat.Visitor{Token: r.Visitor.Token})) }},
	} {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t, tc.settings)
			to := address
			if tc.address == "none" {
				to = ""
			}
			room := w.open(w.visitor(to))
			if tc.alter != nil {
				// The room becomes as if no agent had come, or none had answered.
				altered := room
				tc.alter(&altered)
				_, err := w.store.AnswerSurvey(t.Context(), room.Visitor.Token, room.ID, func(livechat.Room) (livechat.Room, livechat.AnswerEntry, error) {
					return altered, livechat.AnswerEntry{ID: livechat.NewID(), RoomID: room.ID}, nil
				})
				w.must(err)
			}
			if reason == livechat.SkipUnsubscribed {
				tc.before(w, room)
				tc.before = nil
				room = w.close(room)
			} else {
				room = w.close(room)
			}
			if tc.before != nil {
				tc.before(w, room)
			}
			if tc.run == nil {
				tc.run = at(time.Hour)
			}
			tc.run(w)
			if reason == livechat.SkipTooSoon {
				// The room that was closed first was surveyed, and the other is skipped.
				w.wantState(room, livechat.SurveySent, "")
				for _, s := range w.surveys() {
					if s.RoomID != room.ID && (s.State != livechat.SurveySkipped || s.Reason != reason) {
						t.Errorf("the second survey is %s (%s)", s.State, s.Reason)
					}
				}
				w.wantMessages(1)
				return
			}
			w.wantState(room, livechat.SurveySkipped, reason)
			for _, d := range w.mailbox.messages() {
				if d.Survey.RoomID == room.ID {
					t.Error("the survey was sent")
				}
			}
		})
	}
}

func TestAnsweredSurveyIsNotSent(t *testing.T) {
	w := newWorld(t, nil)
	after := w.closed(w.visitor(address))
	w.answer(after)
	before := w.open(w.visitor(address))
	w.answer(before)
	before = w.close(before)
	w.after(time.Hour)
	w.wantMessages(0)
	for _, room := range []livechat.Room{after, before} {
		w.wantState(room, livechat.SurveyAnswered, "")
		if s := w.survey(room); s.Ratings["satisfaction"] != "4" {
			t.Errorf("ratings %v", s.Ratings)
		}
	}
}

func TestAnswersBeforeTheEndCountAsOfTheirChannel(t *testing.T) {
	w := newWorld(t, nil)
	room := w.closed(w.visitor(address))
	w.after(time.Hour)
	w.after(time.Hour)
	w.answer(room)
	if s := w.survey(room); s.State != livechat.SurveyAnswered || s.AnsweredBy != livechat.ChannelAPI || s.SentAt == 0 || s.DueAt != 0 {
		t.Errorf("survey %+v", s)
	}
}

func TestVisitorIsAskedAgainAfterTheMinimum(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMinDays": "7"})
	v := w.visitor(address)
	w.closed(v)
	w.after(time.Hour)
	w.now = w.now.Add(7*24*time.Hour - 2*time.Hour)
	tooSoon := w.closed(v)
	w.after(time.Hour)
	w.wantState(tooSoon, livechat.SurveySkipped, livechat.SkipTooSoon)
	again := w.closed(v)
	w.after(2 * time.Hour)
	w.wantState(again, livechat.SurveySent, "")
	w.wantMessages(2)
}

func TestTwoRoomsOfAVisitorDueAtOnceBringOneMessage(t *testing.T) {
	w := newWorld(t, nil)
	for range 20 {
		v := w.visitor(address)
		w.closed(v)
		w.closed(v)
	}
	w.after(time.Hour)
	w.wantMessages(20)
}

// TestAddressIsNotFlooded checks visitors who all give the same address, with and without
// tags, whether their surveys are due together or one after the other.
func TestAddressIsNotFlooded(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMinDays": "7"})
	const victim = "victim@example.com"
	var rooms []livechat.Room
	for i := range 20 {
		rooms = append(rooms, w.closed(w.visitorAt(fmt.Sprintf("victim+%d@example.com", i))))
	}
	w.after(2 * time.Hour)
	w.wantMessages(1)
	later := w.closed(w.visitorAt(victim))
	w.after(2 * time.Hour)
	w.wantMessages(1)
	w.wantState(later, livechat.SurveySkipped, livechat.SkipTooSoon)
	skipped := 0
	for _, room := range rooms {
		if w.survey(room).State == livechat.SurveySkipped {
			skipped++
		}
	}
	if skipped != 19 {
		t.Errorf("%d of 20 surveys were skipped", skipped)
	}
	w.now = w.now.Add(7 * 24 * time.Hour)
	again := w.closed(w.visitorAt(victim))
	w.after(2 * time.Hour)
	w.wantState(again, livechat.SurveySent, "")
}

func TestWithoutAMinimumEachRoomDueAtOnceBringsItsMessage(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyMinDays": "0"})
	v := w.visitor(address)
	var rooms []livechat.Room
	for range 12 {
		rooms = append(rooms, w.closed(v))
	}
	w.after(time.Hour)
	for _, room := range rooms {
		w.wantState(room, livechat.SurveySent, "")
	}
}

func TestHeldSurveyIsSentOnceTheVisitorIsGone(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyOnReturn": "hold"})
	v := w.visitor(address)
	room := w.closed(v)
	back := w.open(v)
	for range 5 {
		w.after(time.Hour)
	}
	w.wantMessages(0)
	w.close(back)
	w.after(16 * time.Minute)
	w.wantMessages(1)
	w.wantState(room, livechat.SurveySent, "")
}

func TestUnansweredSurveyExpires(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyExpiryDays": "14"})
	room := w.closed(w.visitor(address))
	closed := w.now
	w.after(time.Hour)
	w.now = closed.Add(14*24*time.Hour - time.Minute)
	w.run()
	w.wantState(room, livechat.SurveySent, "")
	w.after(time.Minute)
	w.wantState(room, livechat.SurveyExpired, "")
	w.wantMessages(1)
}

func TestOneReminder(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyReminderDays": "3"})
	silent, answers := w.closed(w.visitor(address)), w.closed(w.visitor(address))
	w.after(time.Hour)
	w.wantMessages(2)
	w.answer(answers)
	w.after(3*24*time.Hour - time.Minute)
	w.wantMessages(2)
	w.after(time.Minute + time.Second)
	got := w.wantMessages(3)[2]
	if got.Kind != livechat.Reminder || got.Survey.RoomID != silent.ID {
		t.Errorf("the third message is a %s about %s", got.Kind, got.Survey.RoomID)
	}
	w.after(4 * 24 * time.Hour)
	w.after(8 * 24 * time.Hour)
	w.wantMessages(3)
	w.wantState(silent, livechat.SurveyExpired, "")
}

func TestQuietHoursAreWaitedFor(t *testing.T) {
	w := newWorld(t, map[string]string{
		"surveyQuietHours": "21:00-08:00", "surveyTimeZone": "Europe/Berlin", "surveyBusinessDays": "mon,tue,wed,thu,fri",
	})
	// Friday, 20:30 in Berlin.
	w.now = livechat.At(time.Date(2026, 11, 27, 19, 30, 0, 0, time.UTC))
	room := w.closed(w.visitor(address))
	want := livechat.At(time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)) // Monday, 8:00
	if s := w.survey(room); s.DueAt != want {
		t.Fatalf("due at %v, want %v", s.DueAt, want)
	}
	w.now = want.Add(-time.Second)
	w.run()
	w.wantMessages(0)
	w.after(time.Second)
	w.wantMessages(1)
}

// TestRunThatComesLateKeepsTheQuietHours checks a run at 21:10 instead of 20:30.
func TestRunThatComesLateKeepsTheQuietHours(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyQuietHours": "21:00-08:00"})
	w.now = livechat.At(time.Date(2026, 11, 23, 19, 30, 0, 0, time.UTC))
	room := w.closed(w.visitor(address))
	w.after(100 * time.Minute)
	w.wantMessages(0)
	w.wantState(room, livechat.SurveyScheduled, "")
	w.now = livechat.At(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC))
	w.run()
	w.wantMessages(1)
}

func TestDepartmentHasRulesOfItsOwn(t *testing.T) {
	w := newWorld(t, nil)
	w.must(w.store.SetSetting(t.Context(), "surveyDelayMinutes", "sales", "5"))
	w.store = w.raw.Store(t)
	v := w.visitor(address)
	v.Department = "sales"
	sales, other := w.closed(v), w.closed(w.visitor(address))
	w.after(5 * time.Minute)
	w.wantMessages(1)
	w.wantState(sales, livechat.SurveySent, "")
	w.wantState(other, livechat.SurveyScheduled, "")
}

func TestWebhookIsNextWhereThereIsNoAddress(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyChannels": "email,webhook", "surveyWebhookUrl": "https://www.example.com/hook"})
	w.closed(w.visitor(address))
	hooked := w.closed(w.visitor(""))
	w.after(time.Hour)
	w.wantMessages(2)
	if s := w.survey(hooked); s.Channel != livechat.ChannelWebhook {
		t.Errorf("channel %s", s.Channel)
	}
}

func TestFailedDeliveriesAreTriedAgainAndThenDead(t *testing.T) {
	w := newWorld(t, nil)
	room := w.closed(w.visitor(address))
	tries := 0
	w.mailbox.fail = func(survey.Delivery) error {
		tries++
		return &survey.DeliveryError{Fault: survey.Temporary, Text: "out of order"}
	}
	for _, wait := range []time.Duration{time.Hour, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour} {
		w.after(wait - 2*time.Second)
		before := tries
		w.after(2 * time.Second)
		if tries != before+1 {
			t.Fatalf("%d tries after %v, want %d", tries, wait, before+1)
		}
		w.now = w.now.Add(2 * time.Second)
	}
	w.wantState(room, livechat.SurveyFailed, "")
	if s := w.survey(room); s.LastError != "out of order" || s.DueAt != 0 {
		t.Errorf("survey %+v", s)
	}
	dead, _, err := w.store.DeadSurveys(t.Context(), nil)
	if err != nil || len(dead) != 1 || dead[0] != room.ID {
		t.Errorf("dead letters %v (%v)", dead, err)
	}
	w.mailbox.fail = nil
	w.must(w.store.SaveSurvey(t.Context(), survey.Redriven(w.survey(room), w.now)))
	w.run()
	w.wantMessages(1)
	w.wantState(room, livechat.SurveySent, "")
}

func TestPermanentFaultIsDeadAtOnceAndABusyProviderCostsNothing(t *testing.T) {
	w := newWorld(t, nil)
	busy, rejected := w.closed(w.visitor(address)), w.closed(w.visitor("rejected@example.com"))
	w.mailbox.fail = func(d survey.Delivery) error {
		if d.Survey.RoomID == busy.ID {
			return &survey.DeliveryError{Fault: survey.Busy, Text: "slow down"}
		}
		return &survey.DeliveryError{Fault: survey.Permanent, Text: "no such mailbox"}
	}
	w.after(time.Hour)
	w.wantState(rejected, livechat.SurveyFailed, "")
	for range 20 {
		w.after(time.Minute + time.Second)
	}
	if s := w.survey(busy); s.State != livechat.SurveyScheduled || s.Attempts != 0 {
		t.Errorf("survey %+v", s)
	}
}

func TestTwoSendersAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	const rooms = 60
	for range rooms {
		w.closed(w.visitor(address))
	}
	w.now = w.now.Add(time.Hour)
	var both sync.WaitGroup
	for range 3 {
		both.Go(func() {
			if _, err := w.sender().Run(t.Context(), w.now); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	w.run()
	w.wantMessages(rooms)
	for _, s := range w.surveys() {
		if s.State != livechat.SurveySent {
			t.Errorf("a survey is %s", s.State)
		}
	}
}

func TestRunEndsBeforeItsDeadlineAndTheNextGoesOn(t *testing.T) {
	w := newWorld(t, nil)
	for range 3 {
		w.closed(w.visitor(address))
	}
	w.now = w.now.Add(time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
	defer cancel()
	result, err := w.sender().Run(ctx, w.now)
	if err != nil || !result.OutOfTime || result.Sent != 0 {
		t.Errorf("%+v %v, want a run that leaves everything to the next", result, err)
	}
	if result := w.run(); result.Sent != 3 || result.OutOfTime {
		t.Errorf("%+v", result)
	}
}

// TestMessageThatIsOnItsWayIsMarkedWhenTheDatabaseIsBack checks that the mark is retried.
// Without the mark, the message would be sent again.
func TestMessageThatIsOnItsWayIsMarkedWhenTheDatabaseIsBack(t *testing.T) {
	w := newWorld(t, nil)
	room := w.closed(w.visitor(address))
	w.now = w.now.Add(time.Hour)
	sender := w.sender()
	sender.Store = &away{database: w.store, saves: 3}
	if _, err := sender.Run(t.Context(), w.now); err != nil {
		t.Fatal(err)
	}
	w.wantState(room, livechat.SurveySent, "")
	w.after(3 * time.Minute)
	if got := len(w.mailbox.all); got != 1 {
		t.Errorf("delivered %d times, want once", got)
	}
}

// away is a database that is unavailable for the first saves.
type away struct {
	database
	saves int
}

func (a *away) SaveSurvey(ctx context.Context, s livechat.Survey) error {
	if a.saves--; a.saves >= 0 {
		return &livechat.Error{Kind: livechat.Unavailable}
	}
	return a.database.SaveSurvey(ctx, s)
}

func TestAnswerThatComesBeforeTheMarkIsKept(t *testing.T) {
	w := newWorld(t, nil)
	room := w.closed(w.visitor(address))
	w.mailbox.fail = func(survey.Delivery) error {
		w.answer(room) // the visitor is faster than the provider's answer
		return nil
	}
	w.after(time.Hour)
	w.wantState(room, livechat.SurveyAnswered, "")
	if s := w.survey(room); s.SentAt == 0 {
		t.Error("the survey is not marked as sent")
	}
}
