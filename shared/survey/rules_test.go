package survey_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

func rules(t testing.TB, values map[string]string) survey.Rules {
	t.Helper()
	read, err := settings.New(settings.Changes{Values: values})
	if err != nil {
		t.Fatal(err)
	}
	r, err := survey.RulesOf(read, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func utc(t testing.TB, text string) livechat.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return livechat.At(parsed)
}

// TestFirstAllowedMoment includes the clock changes of 2026 in Berlin: 2:00 becomes 3:00
// on 29 March, and 3:00 becomes 2:00 on 25 October.
func TestFirstAllowedMoment(t *testing.T) {
	for _, tc := range []struct{ name, quiet, days, zone, from, want string }{
		{"by day", "21:00-08:00", "", "Europe/Berlin", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z"},
		{"evening", "21:00-08:00", "", "Europe/Berlin", "2026-11-23T20:00:00Z", "2026-11-24T07:00:00Z"},
		{"last minute of the day", "21:00-08:00", "", "Europe/Berlin", "2026-11-23T19:59:59Z", "2026-11-23T19:59:59Z"},
		{"night before summer time", "21:00-08:00", "", "Europe/Berlin", "2026-03-28T21:00:00Z", "2026-03-29T06:00:00Z"},
		{"night before winter time", "21:00-08:00", "", "Europe/Berlin", "2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"},
		{"end in the skipped hour", "01:00-02:30", "", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"},
		{"end in the repeated hour", "01:00-02:30", "", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z"},
		{"quiet again in the repeated hour", "02:00-02:30", "", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"},
		{"start in the skipped hour", "02:15-04:00", "", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"},
		{"another zone", "21:00-08:00", "", "America/New_York", "2026-11-23T03:00:00Z", "2026-11-23T13:00:00Z"},
		{"half an hour off", "21:00-08:00", "", "Asia/Kolkata", "2026-11-23T16:00:00Z", "2026-11-24T02:30:00Z"},
		{"weekend", "off", "mon,tue,wed,thu,fri", "Europe/Berlin", "2026-11-27T23:00:00Z", "2026-11-29T23:00:00Z"},
		{"weekend, then the night", "21:00-08:00", "mon,tue,wed,thu,fri", "Europe/Berlin", "2026-11-27T20:30:00Z", "2026-11-30T07:00:00Z"},
		{"one day a week", "off", "sun", "UTC", "2026-11-23T00:00:00Z", "2026-11-29T00:00:00Z"},
		{"within the day", "12:00-13:00", "", "UTC", "2026-11-23T12:59:30Z", "2026-11-23T13:00:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			settings := map[string]string{"surveyQuietHours": tc.quiet, "surveyTimeZone": tc.zone}
			if tc.days != "" {
				settings["surveyBusinessDays"] = tc.days
			}
			got := rules(t, settings).FirstSendTime(utc(t, tc.from))
			if want := utc(t, tc.want); got != want {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

func TestSamplingIsByTheRoomAndAsManyAsSaid(t *testing.T) {
	room := func(id string) livechat.Room {
		return livechat.Room{ID: id, ClosedAt: monday, ServedBy: &livechat.ServedBy{ID: "a"}, ResponseBy: &livechat.ResponseBy{ID: "a"}}
	}
	for _, percent := range []int{0, 10, 50, 100} {
		batch := rules(t, map[string]string{"surveySamplingPercent": fmt.Sprint(percent)})
		more := rules(t, map[string]string{"surveySamplingPercent": fmt.Sprint(min(100, percent+20))})
		const rooms = 5000
		asked := 0
		for i := range rooms {
			id := fmt.Sprint("room", i)
			scheduled := batch.AtClosing(room(id)).Scheduled
			if scheduled != batch.AtClosing(room(id)).Scheduled {
				t.Fatal("two decisions about the same room differ")
			}
			if scheduled && !more.AtClosing(room(id)).Scheduled {
				t.Fatal("a room is sampled, but not with a larger sample")
			}
			if scheduled {
				asked++
			}
		}
		// Five standard deviations of a fair draw are below 4 %.
		if got := float64(asked) / rooms * 100; got < float64(percent)-4 || got > float64(percent)+4 {
			t.Errorf("%.1f %% of the rooms are sampled, want %d %%", got, percent)
		}
	}
}

// TestFirstAllowedIsAllowedAndFirst checks random rules and times.
func TestFirstAllowedIsAllowedAndFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := drawRules(t)
		read, err := settings.New(settings.Changes{Values: values})
		if err != nil {
			t.Fatal(err)
		}
		r, err := survey.RulesOf(read, "")
		if err != nil {
			t.Fatal(err)
		}
		from := monday.Add(time.Duration(rapid.Int64Range(0, 365*24*3600).Draw(t, "second")) * time.Second)
		first := r.FirstSendTime(from)
		if first < from || quiet(values, first) {
			t.Fatalf("%v, the first from %v on, is not allowed", first, from)
		}
		for at := from; at < first; at = at.Add(30 * time.Second) {
			if !quiet(values, at) {
				t.Fatalf("%v is the first from %v on, but %v is allowed, too", first, from, at)
			}
		}
	})
}

// drawRules draws quiet hours, business days and a time zone.
func drawRules(t *rapid.T) map[string]string {
	hour := func(name string) string {
		return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, name), rapid.SampledFrom([]int{0, 15, 30, 59}).Draw(t, name+" minute"))
	}
	settings := map[string]string{
		"surveyTimeZone":     rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}).Draw(t, "zone"),
		"surveyBusinessDays": rapid.SampledFrom([]string{"mon,tue,wed,thu,fri", "mon,tue,wed,thu,fri,sat,sun", "sat", "mon,wed"}).Draw(t, "days"),
	}
	if from, to := hour("from"), hour("to"); rapid.Bool().Draw(t, "quiet") && from != to {
		settings["surveyQuietHours"] = from + "-" + to
	}
	return settings
}

// quiet computes the opposite of the rules' Allowed directly from the settings' texts.
func quiet(settings map[string]string, at livechat.Time) bool {
	zone, err := time.LoadLocation(settings["surveyTimeZone"])
	if err != nil {
		panic(err)
	}
	wall := at.Time().In(zone)
	weekday := map[string]string{"Mon": "mon", "Tue": "tue", "Wed": "wed", "Thu": "thu", "Fri": "fri", "Sat": "sat", "Sun": "sun"}[wall.Format("Mon")]
	days := settings["surveyBusinessDays"]
	on := days == ""
	for i := 0; i+3 <= len(days); i += 4 {
		on = on || days[i:i+3] == weekday
	}
	span := settings["surveyQuietHours"]
	if span == "" || span == "off" {
		return !on
	}
	clock, from, to := wall.Format("15:04"), span[:5], span[6:]
	if from < to {
		return !on || clock >= from && clock < to
	}
	return !on || clock >= from || clock < to
}

// TestWhichChatsAreAskedAbout checks the setting surveyOnlyIf. A visitor who says thank
// you at the end clears the room's responseBy, but the agent has answered all the same.
func TestWhichChatsAreAskedAbout(t *testing.T) {
	unserved := livechat.Room{ID: "r", ClosedAt: monday, WaitingResponse: true}
	served := unserved
	served.ServedBy = &livechat.ServedBy{ID: "a"}
	answered := served
	answered.WaitingResponse, answered.ResponseBy = false, &livechat.ResponseBy{ID: "a"}
	answered.Metrics = &livechat.Metrics{Reaction: &livechat.Reaction{FirstAt: monday}}
	thanked := answered
	thanked.WaitingResponse, thanked.ResponseBy = true, nil
	for name, c := range map[string]struct {
		setting string
		room    livechat.Room
		reason  string
	}{
		"by default, nobody served":          {"", unserved, livechat.SkipNotServed},
		"by default, nobody answered":        {"", served, livechat.SkipNotAnswered},
		"by default, an agent answered":      {"", answered, ""},
		"by default, the visitor thanked":    {"", thanked, ""},
		"served, nobody served":              {"served", unserved, livechat.SkipNotServed},
		"served, nobody answered":            {"served", served, ""},
		"any, nobody served":                 {"any", unserved, ""},
		"answered, set, but nobody answered": {"answered", served, livechat.SkipNotAnswered},
	} {
		t.Run(name, func(t *testing.T) {
			settings := map[string]string{}
			if c.setting != "" {
				settings["surveyOnlyIf"] = c.setting
			}
			if s := rules(t, settings).AtClosing(c.room); s.Reason != c.reason || s.Scheduled != (c.reason == "") {
				t.Errorf("%s %s", s.State, s.Reason)
			}
		})
	}
}
