package survey_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/survey"
	"livechat/shared/survey/report"
)

// TestReportEqualsABruteForceComputation compares reports, most of whose days are rolled
// up, with figures that are computed from each survey in the table. The table has 1,500
// random rooms of four months.
func TestReportEqualsABruteForceComputation(t *testing.T) {
	w := newWorld(t, map[string]string{"surveyTimeZone": "America/New_York"})
	random := rand.New(rand.NewPCG(7, 11)) // the same on every run
	rooms := 1200
	if testing.Short() {
		rooms = 400
	}
	var writing errgroup.Group
	writing.SetLimit(16)
	for i := range rooms {
		visitor, room, s := randomSurvey(random, i)
		writing.Go(func() error {
			return errors.Join(w.store.PutVisitor(t.Context(), visitor), w.store.PutClosedRoom(t.Context(), room, s))
		})
	}
	w.must(writing.Wait())
	reporter := survey.Reporter{Days: w.store}
	w.now = monday
	rolled, err := reporter.RollUp(t.Context(), w.now)
	if err != nil || rolled.Left || rolled.Days < 90 {
		t.Fatalf("%+v %v", rolled, err)
	}
	check := func(spans ...[2]string) {
		t.Helper()
		all := w.surveys()
		for _, span := range spans {
			for _, by := range report.Groupings {
				sum, err := reporter.Report(t.Context(), span[0], span[1], by, w.now)
				w.must(err)
				rows, total := sum.Rows()
				wantRows, wantTotal := bruteForce(all, span[0], span[1], by)
				near := cmpopts.EquateApprox(0, 0.011)
				if diff := cmp.Diff(wantRows, rows, near); diff != "" {
					t.Fatalf("%v by %s (-brute force +report):\n%s", span, by, diff)
				}
				if diff := cmp.Diff(wantTotal, total, near); diff != "" {
					t.Fatalf("%v by %s, total (-brute force +report):\n%s", span, by, diff)
				}
			}
		}
	}
	long, month := [2]string{"2026-08-01", "2026-11-24"}, [2]string{"2026-10-05", "2026-11-04"}
	check(long, month, [2]string{"2026-11-22", "2026-11-23"}, [2]string{"2026-11-10", "2026-11-10"})

	// Late answers make final days stale. The next roll-up counts days with answers in
	// time anyway.
	answered := 0
	for _, s := range w.surveys() {
		if s.State != livechat.SurveyExpired && s.State != livechat.SurveySent || answered == 40 {
			continue
		}
		answered++
		w.answer(livechat.Room{ID: s.RoomID, Visitor: livechat.RoomVisitor{Token: s.Visitor.Token}})
	}
	w.now = w.now.Add(24 * time.Hour)
	if _, err := reporter.RollUp(t.Context(), w.now); err != nil {
		t.Fatal(err)
	}
	check(long)
	stale, err := w.store.StaleDays(t.Context())
	if err != nil || len(stale) != 0 {
		t.Errorf("days are still stale: %v (%v)", stale, err)
	}

	// A repeated roll-up gives the same figures.
	if _, err := reporter.RollUpDays(t.Context(), "2026-08-01", "2026-11-22", w.now); err != nil {
		t.Fatal(err)
	}
	check(month)
}

// TestPastScoresDoNotChange checks that past figures survive a moved room, a deleted
// visitor and a later change of the time zone.
func TestPastScoresDoNotChange(t *testing.T) {
	w := newWorld(t, nil)
	v, other := w.visitor(address), w.visitor("ada@example.com")
	kept, moved := w.closed(v), w.closed(w.visitor(address))
	w.answer(kept)
	w.answer(moved)
	figures := func() ([]report.Figures, report.Figures) {
		sum, err := survey.Reporter{Days: w.store}.Report(t.Context(), "2026-11-01", "2026-11-30", report.ByAgent, w.now)
		w.must(err)
		return sum.Rows()
	}
	wantRows, want := figures()
	if want.CSAT.Of != 2 || want.CSAT.Percent != 100 {
		t.Fatalf("%+v", want)
	}
	_, err := w.store.MoveRoom(t.Context(), moved.ID, other.ID, func(r livechat.Room, to livechat.Visitor) (livechat.Room, livechat.AuditEntry, error) {
		next, entry := r.MoveTo(to, livechat.AuditEntry{ID: livechat.NewID(), Ts: w.now})
		return next, entry, nil
	})
	w.must(err)
	if s := w.survey(moved); s.Visitor.ID != other.ID {
		t.Errorf("the survey's visitor is %s, want the new one", s.Visitor.ID)
	}
	w.must(w.delete(v))
	w.set(map[string]string{"surveyTimeZone": "Asia/Tokyo"})
	gotRows, got := figures()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("total (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(wantRows, gotRows); diff != "" {
		t.Errorf("rows (-before +after):\n%s", diff)
	}
}

func randomSurvey(random *rand.Rand, i int) (livechat.Visitor, livechat.Room, livechat.Survey) {
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	closed := livechat.At(time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)).Add(time.Duration(random.IntN(114*24*3600)) * time.Second)
	id, token := fmt.Sprintf("room-%d", i), fmt.Sprintf("token-%d", i)
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	s := livechat.Survey{
		RoomID: id, ClosedAt: closed, ClosedOn: closed.Time().In(zone).Format(time.DateOnly),
		Department: pick("", "sales", "support"), Visitor: &livechat.SurveyVisitor{ID: id, Token: token},
		Scheduled: random.IntN(4) > 0, ExpiresAt: closed.Add(14 * 24 * time.Hour),
	}
	if agent := pick("", "dora", "emil", "fay"); agent != "" {
		s.Agent = &livechat.SurveyAgent{ID: "id-" + agent, Username: agent}
	}
	s.State = pick(livechat.SurveyScheduled, livechat.SurveySent, livechat.SurveyAnswered, livechat.SurveyAnswered, livechat.SurveyExpired, livechat.SurveySkipped, livechat.SurveyFailed)
	sent := s.State == livechat.SurveySent || s.State == livechat.SurveyExpired || s.State == livechat.SurveyAnswered && random.IntN(2) > 0
	if sent {
		s.SentAt, s.Channel = closed.Add(time.Duration(random.IntN(5*24*3600))*time.Second), pick(livechat.ChannelEmail, livechat.ChannelWebhook)
	}
	if s.State == livechat.SurveySkipped {
		s.Reason = pick(livechat.SkipReasons...)
	}
	if s.State == livechat.SurveyAnswered {
		s.AnsweredAt, s.AnsweredBy = max(closed, s.SentAt).Add(time.Hour), livechat.ChannelAPI
		s.Ratings = livechat.Answers{}
		for _, q := range []string{"satisfaction", "agentKnowledge", "speed"} {
			if random.IntN(3) > 0 {
				s.Ratings[q] = strconv.Itoa(1 + random.IntN(5))
			}
		}
		if random.IntN(3) == 0 {
			s.Ratings["reason"] = pick("price", "quality")
		}
	}
	visitor := livechat.NewVisitor(id, token, closed)
	room, _ := livechat.Room{ID: id, ClosedAt: closed, SurveyFeedback: s.Ratings}.MoveTo(visitor, livechat.AuditEntry{})
	return visitor, room, s
}

// bruteForce computes the same figures by other means: it goes through all surveys for
// every figure.
func bruteForce(all []livechat.Survey, from, to, by string) ([]report.Figures, report.Figures) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	sentOn := func(s livechat.Survey) string { return s.SentAt.Time().In(zone).Format(time.DateOnly) }
	keyOf := func(s livechat.Survey, day string) (string, string) {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			panic(err)
		}
		switch by {
		case report.ByWeek:
			for d.Weekday() != time.Monday {
				d = d.AddDate(0, 0, -1)
			}
			return d.Format(time.DateOnly), ""
		case report.ByMonth:
			return d.Format("2006-01"), ""
		case report.ByAgent:
			if s.Agent == nil {
				return "", ""
			}
			return s.Agent.ID, s.Agent.Username
		case report.ByDepartment:
			return s.Department, ""
		case report.ByChannel:
			if s.SentAt != 0 {
				return s.Channel, ""
			}
			return s.AnsweredBy, ""
		}
		return day, ""
	}
	labels := map[string]string{}
	closed, sent := map[string][]livechat.Survey{}, map[string][]livechat.Survey{}
	for _, s := range all {
		if s.ClosedOn >= from && s.ClosedOn <= to {
			key, label := keyOf(s, s.ClosedOn)
			closed[key], labels[key] = append(closed[key], s), label
			closed["total"] = append(closed["total"], s)
		}
		if s.SentAt != 0 && sentOn(s) >= from && sentOn(s) <= to {
			key, label := keyOf(s, sentOn(s))
			sent[key], labels[key] = append(sent[key], s), label
			sent["total"] = append(sent["total"], s)
		}
	}
	rows := []report.Figures{}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		rows = append(rows, figuresOf(key, labels[key], closed[key], sent[key]))
	}
	return rows, figuresOf("", "", closed["total"], sent["total"])
}

func figuresOf(key, label string, closed, sent []livechat.Survey) report.Figures {
	countIf := func(list []livechat.Survey, holds func(livechat.Survey) bool) int {
		n := 0
		for _, s := range list {
			if holds(s) {
				n++
			}
		}
		return n
	}
	inState := func(state string) int {
		return countIf(closed, func(s livechat.Survey) bool { return s.State == state })
	}
	f := report.Figures{
		Key: key, Label: label, Closed: len(closed),
		Scheduled: countIf(closed, func(s livechat.Survey) bool { return s.Scheduled }),
		Waiting:   inState(livechat.SurveyScheduled), Answered: inState(livechat.SurveyAnswered),
		Expired: inState(livechat.SurveyExpired), Failed: inState(livechat.SurveyFailed),
		Sent:    countIf(closed, func(s livechat.Survey) bool { return s.SentAt != 0 }),
		Skipped: map[string]int{}, Items: map[string]report.Item{},
	}
	for _, reason := range livechat.SkipReasons {
		if n := countIf(closed, func(s livechat.Survey) bool { return s.Reason == reason }); n > 0 {
			f.Skipped[reason] = n
		}
	}
	f.Response = wilson(countIf(sent, func(s livechat.Survey) bool { return s.AnsweredAt >= s.SentAt }), len(sent))
	f.CSAT = wilson(
		countIf(closed, func(s livechat.Survey) bool {
			return s.Ratings["satisfaction"] == "4" || s.Ratings["satisfaction"] == "5"
		}),
		countIf(closed, func(s livechat.Survey) bool { return s.Ratings["satisfaction"] != "" }))
	for _, q := range []string{"satisfaction", "agentKnowledge", "speed", "reason"} {
		it := report.Item{Values: map[string]int{}}
		var values []float64
		for _, s := range closed {
			if s.Ratings[q] == "" {
				continue
			}
			it.Count++
			it.Values[s.Ratings[q]]++
			if x, err := strconv.ParseFloat(s.Ratings[q], 64); err == nil {
				values = append(values, x)
			}
		}
		for _, x := range values {
			it.Mean += x / float64(len(values))
		}
		for _, x := range values {
			it.Spread += (x - it.Mean) * (x - it.Mean) / float64(len(values))
		}
		it.Spread = math.Sqrt(it.Spread)
		it.TooFew = it.Count < 10
		if it.Count > 0 {
			f.Items[q] = it
		}
	}
	return f
}

// wilson finds the interval's ends by bisection: the true shares from which the observed
// share is 1.96 standard deviations away.
func wilson(count, of int) report.Share {
	s := report.Share{Of: of, Count: count, TooFew: of < 10, High: 100}
	if of == 0 {
		return s
	}
	p := float64(count) / float64(of)
	s.Percent = 100 * p
	within := func(true float64) bool {
		return math.Abs(p-true) <= 1.959964*math.Sqrt(true*(1-true)/float64(of))
	}
	search := func(in, out float64) float64 {
		for range 60 {
			if middle := (in + out) / 2; within(middle) {
				in = middle
			} else {
				out = middle
			}
		}
		return 100 * in
	}
	s.Low, s.High = search(p, 0), search(p, 1)
	return s
}
