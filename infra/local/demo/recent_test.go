package demo_test

import (
	"errors"
	"testing"
	"time"

	"livechat/infra/local/demo"
	"livechat/shared/livechat"
	"livechat/shared/store/storetest"
	"livechat/shared/survey"
	"livechat/shared/survey/report"
)

// TestRecentDataFillsTheReport seeds at a clock of its own, because the data must be
// recent whenever a laptop starts.
func TestRecentDataFillsTheReport(t *testing.T) {
	now := time.Date(2031, 3, 12, 15, 0, 0, 0, time.UTC)
	s, ctx := storetest.New(t), t.Context()
	for range 2 { // the second time changes nothing
		if err := errors.Join(demo.Seed(ctx, s), demo.SeedRecent(ctx, s, now)); err != nil {
			t.Fatal(err)
		}
	}
	counted, err := survey.Reporter{Days: s}.Report(ctx, "2031-02-11", "2031-03-12", report.ByWeek, livechat.At(now))
	if err != nil {
		t.Fatal(err)
	}
	rows, total := counted.Rows()
	if len(rows) != 5 || total.Closed < 60 || total.Response.Percent < 30 || total.CSAT.Percent < 60 || total.CSAT.TooFew || total.Waiting != 0 {
		t.Errorf("%d weeks, %+v", len(rows), total)
	}
	comments, _, err := s.Comments(ctx, "2031-01-01", "2031-03-12", "", 100)
	if err != nil || len(comments) < 10 {
		t.Fatalf("%d comments (%v)", len(comments), err)
	}
	for _, c := range comments {
		room, err := s.RoomByID(ctx, c.RoomID)
		if err != nil || room.Open || room.MessageCount != 4 || c.AnsweredAt > livechat.At(now) {
			t.Errorf("comment %v on %+v (%v)", c.Texts, room, err)
		}
	}
}
