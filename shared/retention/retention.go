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

// Sweep is the erasure of one kind of data in one run.
type Sweep struct {
	// Before is the time before which data is erased.
	Before livechat.Time
	// Now returns the current time.
	Now func() livechat.Time
	// More reports whether the run may examine one more item, and counts that item. The
	// next run finds the remaining items, because every erasure can be repeated.
	More func() bool
	// Audit returns the audit entry of a visitor's deletion.
	Audit func(livechat.Visitor) livechat.AuditEntry
}

// SweepResult counts the items of one kind that were too old to be kept.
type SweepResult struct {
	Done int `json:"done"`
	// Failed counts the items that could not be erased. Each failure is logged, and the
	// next run retries it.
	Failed int `json:"failed"`
	// Left says that more items remain.
	Left bool `json:"left"`
}

// Data lists the store methods that a run uses. Each erasure stops when sweep.More returns
// false, and can be repeated.
type Data interface {
	Settings(ctx context.Context) (settings.Settings, error)
	FinishErasures(ctx context.Context, sweep Sweep) (SweepResult, error)
	EraseOldRooms(ctx context.Context, sweep Sweep) (SweepResult, error)
	EraseOldAnswers(ctx context.Context, sweep Sweep) (SweepResult, error)
	EraseOldSurveys(ctx context.Context, sweep Sweep) (SweepResult, error)
	EraseIdleVisitors(ctx context.Context, sweep Sweep) (SweepResult, error)
	EraseOldAudit(ctx context.Context, sweep Sweep) (SweepResult, error)
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

// Result holds the results of a run by kind of data.
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
	now := clockFrom(at)
	sweep := func(age time.Duration) Sweep {
		return Sweep{Before: at.Add(-age), Now: now, More: s.budget(ctx), Audit: s.audit(at)}
	}
	if r.Erasures, err = s.Data.FinishErasures(ctx, sweep(erasureTime)); err != nil {
		err = fmt.Errorf("finish erasures: %w", err)
	}
	failures := r.Erasures.Failed
	for _, kind := range []struct {
		name   string
		days   int
		result *SweepResult
		erase  func(context.Context, Sweep) (SweepResult, error)
		metric telemetry.Metric
	}{
		// Rooms come first, because erasing a room also erases its answers and links, and
		// can leave its visitor idle.
		{"rooms", keep.RoomDays, &r.Rooms, s.Data.EraseOldRooms, telemetry.RoomsErased},
		{"answers", keep.AnswerDays, &r.Answers, s.Data.EraseOldAnswers, telemetry.AnswersErased},
		{"surveys", keep.SurveyDays, &r.Surveys, s.Data.EraseOldSurveys, telemetry.SurveysErased},
		{"visitors", keep.VisitorDays, &r.Visitors, s.Data.EraseIdleVisitors, telemetry.VisitorsErased},
		{"audit entries", keep.AuditDays, &r.Audit, s.Data.EraseOldAudit, telemetry.AuditErased},
	} {
		if kind.days == 0 {
			continue
		}
		var failed error
		*kind.result, failed = kind.erase(ctx, sweep(time.Duration(kind.days)*day))
		failures += kind.result.Failed
		telemetry.Record(kind.metric, float64(kind.result.Done))
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("erase old %s: %w", kind.name, failed))
		}
	}
	if failures > 0 {
		err = errors.Join(err, fmt.Errorf("%w: %d", ErrNotAll, failures))
	}
	return r, err
}

// budget returns the budget of one kind of data: AtMost items and the run's remaining time.
func (s Sweeper) budget(ctx context.Context) func() bool {
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
