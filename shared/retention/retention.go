// Package retention erases data that is older than the settings allow. It has the daily run
// over all kinds of data. Package store knows which data belongs together and how to erase
// it.
package retention

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// Budget reports whether the run may examine one more item, and counts that item. The
// next run finds the remaining items, because every erasure can be repeated.
type Budget = func() bool

// SweepResult counts the items of one kind that were too old to be kept.
type SweepResult struct {
	Done int `json:"done"`
	// Failed counts the items that could not be erased. Each failure is logged, and the
	// next run retries it.
	Failed int `json:"failed"`
	// Left says that more items remain.
	Left bool `json:"left"`
}

// Data lists the store methods that a run uses. Each erasure stops when its budget is used
// up, and can be repeated.
type Data interface {
	Settings(ctx context.Context) (settings.Settings, error)
	FinishErasures(ctx context.Context, before livechat.Time, more Budget) (SweepResult, error)
	EraseOldRooms(ctx context.Context, before, now livechat.Time, more Budget) (SweepResult, error)
	EraseOldAnswers(ctx context.Context, before livechat.Time, more Budget) (SweepResult, error)
	EraseOldSurveys(ctx context.Context, before string, more Budget) (SweepResult, error)
	EraseIdleVisitors(ctx context.Context, before livechat.Time, now func() livechat.Time, more Budget,
		audit func(livechat.Visitor) livechat.AuditEntry) (SweepResult, error)
	EraseOldAudit(ctx context.Context, before livechat.Time, more Budget) (SweepResult, error)
}

// Sweeper erases expired data. Several sweepers may run in parallel with each other and
// with any call, and may be interrupted anywhere. The next run finds the remaining data.
type Sweeper struct {
	Data Data
	// NewID returns the ids of audit entries.
	NewID func() string
	// AtMost limits how many items of each kind one run examines. It should exceed the
	// batch size of 100.
	AtMost int64
}

// Result has the result of a run for each kind of data.
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
	// erasureTime is the age from which an unfinished erasure counts as interrupted. A
	// call that erases a visitor cannot run that long.
	erasureTime = time.Hour
	// lastStart is how long before its deadline a run stops starting erasures.
	lastStart = 15 * time.Second
	// sweeperID is the user id of the audit entries.
	sweeperID = "retention"
)

// ErrNotAll means that some data could not be erased. The log names it, and the next run
// retries it.
var ErrNotAll = errors.New("some data could not be erased")

// Run erases the data that has expired at the time at.
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
		// Rooms come first, because erasing a room also erases its answers and links, and
		// can leave its visitor idle.
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

// budget returns the budget of one kind of data: AtMost items and the run's remaining time.
func (s Sweeper) budget(ctx context.Context) Budget {
	var looked atomic.Int64
	return func() bool {
		deadline, ends := ctx.Deadline()
		return ctx.Err() == nil && (!ends || time.Until(deadline) > lastStart) && looked.Add(1) <= s.AtMost
	}
}

// clockFrom returns the clock of a run that was scheduled for the time at. The marker
// that blocks new rooms during a deletion must be valid from the actual time on. The
// actual time is later than at if the run is retried or takes long. On a laptop with a
// moved clock, at can be the later time.
func clockFrom(at livechat.Time) func() livechat.Time {
	began := time.Now()
	return func() livechat.Time { return max(livechat.At(time.Now()), at.Add(time.Since(began))) }
}

func (s Sweeper) audit(at livechat.Time) func(livechat.Visitor) livechat.AuditEntry {
	return func(v livechat.Visitor) livechat.AuditEntry {
		return livechat.AuditEntry{ID: s.NewID(), Action: livechat.AuditVisitorDeleted, Ts: at, VisitorID: v.ID, UserID: sweeperID}
	}
}

// dayBefore returns a day that was over at t in every time zone.
func dayBefore(t livechat.Time) string { return t.Add(-day).Time().Format(time.DateOnly) }
