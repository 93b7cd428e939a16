package survey_test

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/survey"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// Each check makes some hundred database calls.
	if checks := flag.Lookup("rapid.checks"); checks != nil && checks.Value.String() == checks.DefValue {
		_ = flag.Set("rapid.checks", "25")
	}
	os.Exit(m.Run())
}

// TestNoSurveyIsEverSentWrongOrLost makes random changes to a few visitors under random
// rules. It checks that no survey is sent in quiet hours, twice, after its expiry or too
// soon after another one, and that every survey ends in a final state.
func TestNoSurveyIsEverSentWrongOrLost(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		settings := drawRules(t)
		minDays := rapid.SampledFrom([]int{0, 1, 7}).Draw(t, "minDays")
		for name, value := range map[string]string{
			"surveyMinDays":         fmt.Sprint(minDays),
			"surveyDelayMinutes":    rapid.SampledFrom([]string{"0", "60", "1500"}).Draw(t, "delay"),
			"surveyExpiryDays":      rapid.SampledFrom([]string{"1", "14"}).Draw(t, "expiry"),
			"surveyReminderDays":    rapid.SampledFrom([]string{"0", "1", "3"}).Draw(t, "reminder"),
			"surveyOnReturn":        rapid.SampledFrom([]string{"skip", "hold"}).Draw(t, "return"),
			"surveySamplingPercent": rapid.SampledFrom([]string{"50", "100"}).Draw(t, "sampling"),
		} {
			settings[name] = value
		}
		w := newWorld(outer, settings)
		w.now = monday.Add(time.Duration(rapid.IntRange(0, 365*24).Draw(t, "start")) * time.Hour)
		visitors := []livechat.Visitor{w.visitor(address), w.visitor("ada@example.com"), w.visitor("")}
		open := map[string]livechat.Room{}
		var rooms []livechat.Room
		for range rapid.IntRange(5, 25).Draw(t, "steps") {
			v := visitors[rapid.IntRange(0, len(visitors)-1).Draw(t, "visitor")]
			switch rapid.SampledFrom([]string{"close", "close", "open", "answer", "delete", "wait", "wait", "wait"}).Draw(t, "what") {
			case "open":
				if _, has := open[v.Token]; !has && w.knows(v) {
					open[v.Token] = w.open(v)
				}
			case "close":
				room, has := open[v.Token]
				if !has && w.knows(v) {
					room, has = w.open(v), true
				}
				if has {
					rooms = append(rooms, w.close(room))
					delete(open, v.Token)
				}
			case "answer":
				if len(rooms) > 0 {
					if room := rooms[len(rooms)-1]; w.knows(livechat.Visitor{Token: room.Visitor.Token}) {
						w.answer(room)
					}
				}
			case "delete":
				if err := w.delete(v); err != nil && !errors.Is(err, livechat.ErrRoomsStillOpen) && !errors.Is(err, livechat.ErrInvalidToken) {
					t.Fatal(err)
				}
			case "wait":
				w.after(time.Duration(rapid.IntRange(1, 40*60).Draw(t, "minutes")) * time.Minute)
			}
		}
		for range 16 * 4 {
			w.after(6 * time.Hour)
		}

		sent := map[string]livechat.Time{}
		asked := map[string]livechat.Time{}
		// Parallel deliveries arrive in any order.
		slices.SortStableFunc(w.mailbox.all, func(a, b survey.Delivery) int { return cmp.Compare(a.At, b.At) })
		for _, d := range w.mailbox.all {
			if _, twice := sent[d.ID]; twice {
				t.Fatalf("%s %s was sent twice", d.Kind, d.Survey.RoomID)
			}
			sent[d.ID] = d.At
			if quiet(settings, d.At) {
				t.Fatalf("sent at %v, which is quiet under %v", d.At, settings)
			}
			if d.At >= d.Survey.ExpiresAt {
				t.Fatalf("sent at %v, but expired at %v", d.At, d.Survey.ExpiresAt)
			}
			if d.Kind != livechat.Invitation {
				continue
			}
			if last, before := asked[d.Visitor.ID]; before && d.At < last.Add(time.Duration(minDays)*24*time.Hour) {
				t.Fatalf("a visitor was surveyed at %v and at %v", last, d.At)
			}
			asked[d.Visitor.ID] = d.At
		}
		surveys := w.surveys()
		if len(surveys) != len(rooms) {
			t.Fatalf("%d rooms were closed, but there are %d surveys", len(rooms), len(surveys))
		}
		for _, s := range surveys {
			if !s.Final() || s.DueAt != 0 || s.Claim != nil {
				t.Fatalf("a survey did not reach a final state: %+v", s)
			}
			if s.State == livechat.SurveySkipped && s.Reason == "" {
				t.Fatalf("a survey was skipped without a reason: %+v", s)
			}
		}
	})
}

func (w *world) knows(v livechat.Visitor) bool {
	_, _, err := w.store.VisitorByToken(w.t.Context(), v.Token)
	if err != nil && !errors.Is(err, livechat.ErrInvalidToken) {
		w.t.Fatal(err)
	}
	return err == nil
}
