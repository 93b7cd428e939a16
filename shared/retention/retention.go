// Package retention erases what was kept for as long as the settings say. Inside:
// the daily run over all kinds of data. Not inside: what belongs to what, and how it
// is erased, which is package store's.
package retention

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// Budget says whether there is time for more. What is left is found again by the next
// run: all that is done here can be done again.
type Budget = func() bool

// SweepResult is what became of what was too old to be kept.
type SweepResult struct {
	Done int `json:"done"`
	// Failed counts what could not be done, which is logged and tried again by the
	// next run.
	Failed int `json:"failed"`
	// Left says that there is more.
	Left bool `json:"left"`
}

// Data is what a run needs of the store. Each does what there is time for, and can be
// done again.
type Data interface {
	Settings(ctx context.Context) (livechat.Settings, error)
	FinishErasures(ctx context.Context, before livechat.Time, more Budget) (SweepResult, error)
	EraseOldRooms(ctx context.Context, before, now livechat.Time, more Budget) (SweepResult, error)
	EraseOldAnswers(ctx context.Context, before livechat.Time, more Budget) (SweepResult, error)
	EraseOldSurveys(ctx context.Context, before string, more Budget) (SweepResult, error)
	EraseIdleVisitors(ctx context.Context, before livechat.Time, now func() livechat.Time, more Budget,
		audit func(livechat.Visitor) livechat.AuditEntry) (SweepResult, error)
	EraseOldAudit(ctx context.Context, before livechat.Time, more Budget) (SweepResult, error)
}

// Sweeper erases what is too old. It may run beside itself, beside every call, and be
// ended anywhere: what is left is found again by the next run.
type Sweeper struct {
	Data Data
	// NewID gives audit entries their identity.
	NewID func() string
	// AtMost is how many things of each kind one run looks at: more than are found at
	// a time, which is a hundred.
	AtMost int64
}

// Result is what a run erased of each kind.
type Result struct {
	Erasures SweepResult `json:"erasures"`
	Rooms    SweepResult `json:"rooms"`
	Answers  SweepResult `json:"answers"`
	Surveys  SweepResult `json:"surveys"`
	Visitors SweepResult `json:"visitors"`
	Audit    SweepResult `json:"audit"`
}

const (
	day = 24 * time.Hour
	// erasureTime is far longer than a call has that erases a visitor.
	erasureTime = time.Hour
	// lastStart is how long before its deadline a run begins nothing new.
	lastStart = 15 * time.Second
	// sweeperID is who did it, in the audit.
	sweeperID = "retention"
)

// ErrNotAll says that something could not be erased; it is in the log, and tried again
// by the next run.
var ErrNotAll = errors.New("not all could be erased")

// Run erases what is too old at that time.
func (s Sweeper) Run(ctx context.Context, at livechat.Time) (Result, error) {
	settings, err := s.Data.Settings(ctx)
	if err != nil {
		return Result{}, err
	}
	var r Result
	keep := settings.Retention
	r.Erasures, err = s.Data.FinishErasures(ctx, at.Add(-erasureTime), s.budget(ctx))
	for _, kind := range []struct {
		days   int
		into   *SweepResult
		erase  func(before livechat.Time, more Budget) (SweepResult, error)
		metric telemetry.Metric
	}{
		// Rooms first: with them go answers and links, and after them visitors.
		{keep.RoomDays, &r.Rooms, func(before livechat.Time, more Budget) (SweepResult, error) {
			return s.Data.EraseOldRooms(ctx, before, at, more)
		}, telemetry.RoomsErased},
		{keep.AnswerDays, &r.Answers, func(before livechat.Time, more Budget) (SweepResult, error) {
			return s.Data.EraseOldAnswers(ctx, before, more)
		}, telemetry.AnswersErased},
		{keep.SurveyDays, &r.Surveys, func(before livechat.Time, more Budget) (SweepResult, error) {
			return s.Data.EraseOldSurveys(ctx, dayBefore(before), more)
		}, telemetry.SurveysErased},
		{keep.VisitorDays, &r.Visitors, func(before livechat.Time, more Budget) (SweepResult, error) {
			return s.Data.EraseIdleVisitors(ctx, before, clockFrom(at), more, s.audit(at))
		}, telemetry.VisitorsErased},
		{keep.AuditDays, &r.Audit, func(before livechat.Time, more Budget) (SweepResult, error) {
			return s.Data.EraseOldAudit(ctx, before, more)
		}, telemetry.AuditErased},
	} {
		if kind.days == 0 {
			continue
		}
		var failed error
		*kind.into, failed = kind.erase(at.Add(-time.Duration(kind.days)*day), s.budget(ctx))
		telemetry.Record(kind.metric, float64(kind.into.Done))
		err = errors.Join(err, failed)
	}
	return r, errors.Join(err, r.failed())
}

func (r Result) failed() error {
	n := 0
	for _, kind := range []SweepResult{r.Erasures, r.Rooms, r.Answers, r.Surveys, r.Visitors, r.Audit} {
		n += kind.Failed
	}
	if n > 0 {
		return fmt.Errorf("%w: %d", ErrNotAll, n)
	}
	return nil
}

// budget is what one kind has of a run: a number of things, and what is left of the
// time.
func (s Sweeper) budget(ctx context.Context) Budget {
	var looked atomic.Int64
	return func() bool {
		deadline, ends := ctx.Deadline()
		return ctx.Err() == nil && (!ends || time.Until(deadline) > lastStart) && looked.Add(1) <= s.AtMost
	}
}

// clockFrom tells the time of a run that was to begin at that time. A run that is tried
// again begins later, and a long one ends later: what keeps rooms from being opened
// beneath a deletion must stand from then on. On a laptop, whose clock is moved, the
// schedule's time may be the later one.
func clockFrom(at livechat.Time) func() livechat.Time {
	began := time.Now()
	return func() livechat.Time { return max(livechat.At(time.Now()), at.Add(time.Since(began))) }
}

func (s Sweeper) audit(at livechat.Time) func(livechat.Visitor) livechat.AuditEntry {
	return func(v livechat.Visitor) livechat.AuditEntry {
		return livechat.AuditEntry{ID: s.NewID(), Action: livechat.AuditVisitorDeleted, Ts: at, VisitorID: v.ID, UserID: sweeperID}
	}
}

// dayBefore is a day that was over by then, wherever it was counted.
func dayBefore(t livechat.Time) string { return t.Add(-day).Time().Format(time.DateOnly) }
