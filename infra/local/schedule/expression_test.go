package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestExpressionsAreDue(t *testing.T) {
	for _, tc := range []struct{ expression, zone, after, want string }{
		{"rate(1 minute)", "UTC", "2026-11-23T10:00:30Z", "2026-11-23T10:01:00Z"},
		{"rate(1 minute)", "UTC", "2026-11-23T10:01:00Z", "2026-11-23T10:02:00Z"},
		{"rate(6 hours)", "UTC", "2026-11-23T10:01:00Z", "2026-11-23T12:00:00Z"},
		{"cron(15 1 * * ? *)", "UTC", "2026-11-23T01:15:00Z", "2026-11-24T01:15:00Z"},
		{"cron(0/15 9-17 ? * MON-FRI *)", "UTC", "2026-11-27T17:45:00Z", "2026-11-30T09:00:00Z"},
		{"cron(0 9 1 * ? *)", "Europe/Berlin", "2026-12-31T23:00:00Z", "2027-01-01T08:00:00Z"},
		{"cron(0 0 29 2 ? *)", "UTC", "2026-11-23T10:00:00Z", "2028-02-29T00:00:00Z"},
		{"cron(0 12 ? DEC 1 2026)", "UTC", "2026-11-23T10:00:00Z", "2026-12-06T12:00:00Z"},
		// In Berlin, 2:30 does not exist on 29 March. On 25 October it occurs twice, but
		// the schedule is due only once.
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"},
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T01:30:00Z"},
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"},
		{"cron(0 9 1 1 ? 2040)", "UTC", "2026-11-23T10:00:00Z", "2040-01-01T09:00:00Z"},
		{"cron(0 0 29 2 ? *)", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"cron(59 23 31 12 ? *)", "UTC", "2199-12-31T23:59:00Z", ""},
		{"at(2026-12-01T09:00:00)", "Europe/Berlin", "2026-11-23T10:00:00Z", "2026-12-01T08:00:00Z"},
		{"at(2026-11-01T09:00:00)", "UTC", "2026-11-23T10:00:00Z", ""},
		{"cron(0 0 1 1 ? 2020)", "UTC", "2026-11-23T10:00:00Z", ""},
	} {
		t.Run(tc.expression+" "+tc.after, func(t *testing.T) {
			zone, err := time.LoadLocation(tc.zone)
			if err != nil {
				t.Fatal(err)
			}
			e, err := parse(tc.expression, zone)
			if err != nil {
				t.Fatal(err)
			}
			after, err := time.Parse(time.RFC3339, tc.after)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if next := e.after(after); !next.IsZero() {
				got = next.UTC().Format(time.RFC3339)
			}
			if got != tc.want {
				t.Errorf("due at %q, want %q", got, tc.want)
			}
		})
	}
}

func TestExpressionsThatAreNotUnderstood(t *testing.T) {
	for expression, says := range map[string]string{
		"soon":                   "not a schedule expression",
		"rate(0 minutes)":        "rate(5 minutes)",
		"rate(5 weeks)":          "rate(5 minutes)",
		"cron(0 9 * * ?)":        "six fields",
		"cron(0 9 L * ? *)":      `"L" is not supported`,
		"cron(0 25 * * ? *)":     `"25" is not supported`,
		"cron(*/0 9 * * ? *)":    `"0" is not a step`,
		"at(tomorrow)":           "not a time like",
		"cron(0 9 ? * MON#1 *)":  "MON#1",
		"cron(0 9 15W * ? *)":    `"15W" is not supported`,
		"cron(0 9 ? * 6L *)":     `"6L" is not supported`,
		"cron(0 17-9 * * ? *)":   `"17-9" ends before it begins`,
		"cron(0 9 1 * MON *)":    "must be ?",
		"cron(0 9 ? * ? *)":      "must be ?",
		"cron(? 9 * * ? *)":      "? is for",
		"cron(0 9 ? FOO * 2026)": "FOO",
	} {
		if _, err := parse(expression, time.UTC); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", expression, err, says)
		}
	}
}
