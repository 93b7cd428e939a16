package schedule

import (
	"testing"
	"time"

	"livechat/infra/local/template"
)

func TestNextDueTime(t *testing.T) {
	daily := template.Schedule{Period: 24 * time.Hour, Offset: 75 * time.Minute} // at 1:15
	for _, tc := range []struct {
		schedule    template.Schedule
		after, want string
	}{
		{template.Schedule{Period: time.Minute}, "2026-11-23T10:00:30Z", "2026-11-23T10:01:00Z"},
		{template.Schedule{Period: time.Minute}, "2026-11-23T10:01:00Z", "2026-11-23T10:02:00Z"},
		{template.Schedule{Period: 6 * time.Hour}, "2026-11-23T10:01:00Z", "2026-11-23T12:00:00Z"},
		{daily, "2026-11-23T01:14:59Z", "2026-11-23T01:15:00Z"},
		{daily, "2026-11-23T01:15:00Z", "2026-11-24T01:15:00Z"},
		{daily, "2026-12-31T23:00:00-05:00", "2027-01-02T01:15:00Z"},
	} {
		after, err := time.Parse(time.RFC3339, tc.after)
		if err != nil {
			t.Fatal(err)
		}
		s := schedule{Schedule: tc.schedule}
		if got := s.after(after).UTC().Format(time.RFC3339); got != tc.want {
			t.Errorf("period %s, offset %s: due at %s after %s, want %s", s.Period, s.Offset, got, tc.after, tc.want)
		}
	}
}
