package survey

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey/report"
)

// Days lists the store methods that Reporter uses.
type Days interface {
	Settings(ctx context.Context) (settings.Settings, error)
	EachClosed(ctx context.Context, day string, f func(rooms []string) error) error
	Surveys(ctx context.Context, rooms []string) ([]livechat.Survey, error)
	EachDay(ctx context.Context, from, to string, f func(report.Part) error) error
	DayStates(ctx context.Context, from, to string) ([]report.DayState, error)
	SaveDay(ctx context.Context, d *report.Day) error
	StaleDays(ctx context.Context) ([]report.StaleDay, error)
	ClearStale(ctx context.Context, d report.StaleDay) error
}

// Reporter counts surveys.
type Reporter struct{ Days Days }

const (
	// freshDays is how many days, up to today, a report always counts again, because they
	// still get many answers.
	freshDays = 3
	// atOnce limits the days that are counted in parallel.
	atOnce = 32
	// batchesAtOnce limits the parallel reads for one day.
	batchesAtOnce = 8
	// batchOfRooms is the number of surveys that one read of the database returns.
	batchOfRooms = 100
)

// Report sums up the days between from and to, both included. It uses the stored figures
// of past days. It counts the latest days, and days without stored figures, from the
// surveys.
func (r Reporter) Report(ctx context.Context, from, to, groupBy string, now livechat.Time) (*report.Report, error) {
	rules, err := r.allRules(ctx)
	if err != nil {
		return nil, err
	}
	today := rules.Day(now)
	begin, end := report.DaysBefore(from, report.MaxLife), min(to, today)
	fresh := report.DaysBefore(today, freshDays-1)
	sum := report.New(from, to, groupBy)
	if begin > end {
		return sum, nil // all days are in the future
	}
	isStored := map[string]bool{}
	err = r.Days.EachDay(ctx, begin, end, func(p report.Part) error {
		if p.Day < fresh {
			isStored[p.Day] = true
			sum.Add(p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	days, err := report.Days(begin, end)
	if err != nil {
		return nil, err
	}
	days = slices.DeleteFunc(days, func(day string) bool { return isStored[day] })
	var lock sync.Mutex
	counting, ctx := errgroup.WithContext(ctx)
	counting.SetLimit(atOnce)
	for _, day := range days {
		counting.Go(func() error {
			figures, err := r.count(ctx, day, rules, now)
			if err != nil {
				return err
			}
			lock.Lock()
			defer lock.Unlock()
			for _, part := range figures.Parts() {
				sum.Add(part)
			}
			return nil
		})
	}
	return sum, counting.Wait()
}

// Today returns the day of now in the time zone of the reports.
func (r Reporter) Today(ctx context.Context, now livechat.Time) (string, error) {
	rules, err := r.allRules(ctx)
	if err != nil {
		return "", err
	}
	return rules.Day(now), nil
}

// allRules returns the rules of rooms without a department. Their time zone defines the
// days for all rooms.
func (r Reporter) allRules(ctx context.Context) (Rules, error) {
	settings, err := r.Days.Settings(ctx)
	if err != nil {
		return Rules{}, err
	}
	return RulesOf(settings, "")
}

// count returns the figures of the rooms that were closed on the day.
func (r Reporter) count(ctx context.Context, day string, rules Rules, now livechat.Time) (*report.Day, error) {
	figures := report.NewDay(day, now)
	var lock sync.Mutex
	batches, batchCtx := errgroup.WithContext(ctx)
	batches.SetLimit(batchesAtOnce)
	err := r.Days.EachClosed(ctx, day, func(rooms []string) error {
		for batch := range slices.Chunk(rooms, batchOfRooms) {
			batches.Go(func() error {
				surveys, err := r.Days.Surveys(batchCtx, batch)
				lock.Lock()
				defer lock.Unlock()
				for _, s := range surveys {
					figures.Add(s, rules.Day)
				}
				return err
			})
		}
		return nil
	})
	if batchErr := batches.Wait(); err == nil {
		err = batchErr
	}
	return figures, err
}

// Rolled is the result of a roll-up.
type Rolled struct {
	Days int `json:"days"`
	// Left reports that time ran out. The next run counts the remaining days.
	Left bool `json:"left"`
}

// RollUp counts the past days whose figures are not stored, or may have changed since they
// were stored. Days that were counted longest ago come first. RollUp stops early when the
// deadline of ctx is near, and sets Left.
func (r Reporter) RollUp(ctx context.Context, now livechat.Time) (Rolled, error) {
	rules, err := r.allRules(ctx)
	if err != nil {
		return Rolled{}, err
	}
	yesterday := report.DaysBefore(rules.Day(now), 1)
	states, err := r.Days.DayStates(ctx, report.DaysBefore(yesterday, 2*report.MaxLife), yesterday)
	if err != nil {
		return Rolled{}, err
	}
	stale, err := r.Days.StaleDays(ctx)
	if err != nil {
		return Rolled{}, err
	}
	days, err := daysToCount(yesterday, states, stale)
	if err != nil {
		return Rolled{}, err
	}
	return r.roll(ctx, days, stale, rules, now)
}

// RollUpDays counts the days between from and to, both included, even if their figures
// are stored.
func (r Reporter) RollUpDays(ctx context.Context, from, to string, now livechat.Time) (Rolled, error) {
	rules, err := r.allRules(ctx)
	if err != nil {
		return Rolled{}, err
	}
	days, err := report.Days(from, to)
	if err != nil {
		return Rolled{}, err
	}
	return r.roll(ctx, days, nil, rules, now)
}

// daysToCount returns the days to count. Days that were never counted come first, then the
// days that were counted longest ago.
func daysToCount(yesterday string, states []report.DayState, stale []report.StaleDay) ([]string, error) {
	days, err := report.Days(report.DaysBefore(yesterday, report.MaxLife), yesterday)
	if err != nil {
		return nil, err
	}
	counted := map[string]livechat.Time{}
	wanted := map[string]bool{}
	for _, s := range states {
		counted[s.Day] = s.CountedAt
		wanted[s.Day] = s.OpenUntil > s.CountedAt
	}
	for _, day := range days {
		if counted[day] == 0 {
			wanted[day] = true
		}
	}
	for _, s := range stale {
		wanted[s.Day] = s.Day <= yesterday
	}
	var all []string
	for day, want := range wanted {
		if want {
			all = append(all, day)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		if counted[a] != counted[b] {
			return cmp.Compare(counted[a], counted[b])
		}
		return strings.Compare(a, b)
	})
	return all, nil
}

func (r Reporter) roll(ctx context.Context, days []string, stale []report.StaleDay, rules Rules, now livechat.Time) (Rolled, error) {
	var rolled Rolled
	for _, day := range days {
		if isLate(ctx) {
			rolled.Left = true
			return rolled, nil
		}
		figures, err := r.count(ctx, day, rules, now)
		if err != nil {
			return rolled, fmt.Errorf("count %s: %w", day, err)
		}
		if err := r.Days.SaveDay(ctx, figures); err != nil {
			return rolled, err
		}
		for _, s := range stale {
			if s.Day != day {
				continue
			}
			if err := r.Days.ClearStale(ctx, s); err != nil {
				return rolled, err
			}
		}
		rolled.Days++
	}
	return rolled, nil
}
