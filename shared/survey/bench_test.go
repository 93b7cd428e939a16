package survey_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/store/storetest"
	"livechat/shared/survey"
)

// BenchmarkDrain sends SURVEYS surveys (by default 1,000), all due at once, in one run to
// a mailbox in this process.
func BenchmarkDrain(b *testing.B) {
	surveys, err := strconv.Atoi(os.Getenv("SURVEYS"))
	if err != nil {
		surveys = 1000
	}
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, nil)
		w.fill(b, surveys)
		b.StartTimer()
		began := time.Now()
		sender := w.sender()
		sender.AtOnce = 32
		result, err := sender.Run(b.Context(), w.now)
		if err != nil || result.Sent != surveys {
			b.Fatalf("%+v %v", result, err)
		}
		b.ReportMetric(float64(surveys)/time.Since(began).Seconds(), "surveys/s")
	}
}

// fill makes that many surveys due, each of another visitor.
func (w *world) fill(tb testing.TB, surveys int) {
	tb.Helper()
	var writing errgroup.Group
	writing.SetLimit(16)
	for range surveys {
		visitor := livechat.NewVisitor(livechat.NewID(), livechat.NewID(), w.now)
		visitor.Username, visitor.Emails = visitor.ID, []livechat.Email{{Address: visitor.ID + address}}
		room, _ := livechat.Room{ID: livechat.NewID(), ClosedAt: w.now, ServedBy: &livechat.ServedBy{ID: "agent"}, ResponseBy: &livechat.ResponseBy{ID: "agent"}}.MoveTo(visitor, livechat.AuditEntry{})
		s := rules(tb, nil).AtClosing(room)
		writing.Go(func() error {
			if err := w.store.PutVisitor(tb.Context(), visitor); err != nil {
				return err
			}
			return w.store.PutClosedRoom(tb.Context(), room, s)
		})
	}
	w.must(writing.Wait())
	w.now = w.now.Add(time.Hour)
}

// TestReportOfAMonthIsFewRoundTrips checks that the report of a month costs at most 20
// sequential round trips. The month has rolled-up days and one day with 300 rooms, which
// the report counts.
func TestReportOfAMonthIsFewRoundTrips(t *testing.T) {
	w := newWorld(t, nil)
	w.fill(t, 300)
	reporter := survey.Reporter{Days: w.store}
	if _, err := reporter.RollUpDays(t.Context(), "2026-07-01", "2026-11-22", w.now); err != nil {
		t.Fatal(err)
	}
	var chain storetest.Chain
	counted := survey.Reporter{Days: w.raw.Store(t, chain.Count)}
	if _, err := counted.Report(context.Background(), "2026-10-25", "2026-11-23", "day", w.now); err != nil {
		t.Fatal(err)
	}
	if trips := chain.Trips(); trips > 20 {
		t.Errorf("%d round trips", trips)
	}
}
