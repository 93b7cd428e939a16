package survey

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// Store lists the store methods that Sender uses.
type Store interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// DueShards returns the number of shards of the list of due surveys. DueSurveys
	// returns one page of a shard: the ids of the rooms whose surveys are due. It also
	// returns the cursor of the next page, or nil after the last page.
	DueShards() int
	DueSurveys(ctx context.Context, shard int, now livechat.Time, from livechat.DueCursor) ([]string, livechat.DueCursor, error)
	Surveys(ctx context.Context, rooms []string) ([]livechat.Survey, error)
	Recipients(ctx context.Context, surveys []livechat.Survey) ([]livechat.Recipient, error)
	// SaveSurvey, ClaimSurvey and ReleaseSurvey fail with livechat.ErrConflict if the
	// survey has changed. ClaimSurvey also stores the link. It fails with
	// livechat.ErrAskedTooSoon if the visitor or the address was surveyed about another
	// room after notAfter, unless notAfter is zero. ReleaseSurvey deletes the link again.
	SaveSurvey(ctx context.Context, s livechat.Survey) error
	ClaimSurvey(ctx context.Context, s livechat.Survey, link livechat.Link, now, notAfter livechat.Time) error
	ReleaseSurvey(ctx context.Context, s livechat.Survey, linkHash string) error
	// ReserveMails reserves up to n mails of the day's limit. It returns how many mails
	// this call reserved, and how many are reserved for the day in total.
	ReserveMails(ctx context.Context, now livechat.Time, n, limit int) (reserved, counted int, err error)
}

// Sender sends due surveys. Several senders may run in parallel, and each may be
// interrupted anywhere.
type Sender struct {
	Store    Store
	Channels map[string]Channel
	// URL is the URL that links begin with, unless the setting publicUrl is set.
	URL string
	// NewCode returns the code of a new link.
	NewCode func() string
	// AtOnce limits how many deliveries run in parallel.
	AtOnce int

	mails mailQuota
}

// Result counts the outcomes of the due surveys.
type Result struct {
	// Sent counts messages that a provider accepted, Failed counts dead letters, and
	// Postponed counts surveys that were put off.
	Sent      int `json:"sent"`
	Failed    int `json:"failed"`
	Skipped   int `json:"skipped"`
	Expired   int `json:"expired"`
	Postponed int `json:"later"`
	// OutOfTime reports that the run stopped before its deadline. The next run sends the
	// remaining surveys.
	OutOfTime bool `json:"left"`
	// Busy reports that a provider was busy. Its remaining surveys wait for the next run.
	Busy bool `json:"busy"`
	// MailShare is the number of mails reserved for the day, in percent of the setting
	// surveyMailsPerDay. It is 0 without a limit, or if the process has not sent a mail
	// that day.
	MailShare float64 `json:"mailShare"`
	// Delay is the longest time, in seconds, by which a survey was overdue when it was
	// processed.
	Delay float64 `json:"delay"`
}

// lastStart is how long before its deadline a run stops starting deliveries.
const lastStart = 10 * time.Second

// isLate reports whether the deadline of ctx is less than lastStart away.
func isLate(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < lastStart
}

// Run sends the surveys that are due at the given time. The run's clock starts at the given
// time and not at the machine's time, because the laptop cloud can move its clock. Run
// stops early when the deadline of ctx is near, and sets OutOfTime. If a survey fails, Run
// logs the error and continues with the other surveys. The failed survey stays due.
func (s *Sender) Run(ctx context.Context, at livechat.Time) (Result, error) {
	settings, err := s.Store.Settings(ctx)
	if err != nil {
		return Result{}, err
	}
	run := &run{Sender: s, rules: newRuleBook(settings), breakers: map[string]*breaker{}, began: time.Now(), at: at}
	for channel := range s.Channels {
		run.breakers[channel] = newBreaker()
	}
	run.deliveries.SetLimit(max(s.AtOnce, 1))
	var shards errgroup.Group
	for shard := range s.Store.DueShards() {
		shards.Go(func() error { return run.processShard(ctx, shard) })
	}
	err = errors.Join(shards.Wait(), run.deliveries.Wait())
	run.result.MailShare = s.mails.shareOn(run.now())
	run.result.recordMetrics()
	return run.result, err
}

func (r Result) recordMetrics() {
	telemetry.Record(telemetry.SurveysSent, float64(r.Sent))
	telemetry.Record(telemetry.SurveysFailed, float64(r.Failed))
	telemetry.Record(telemetry.SurveysSkipped, float64(r.Skipped))
	telemetry.Record(telemetry.SurveyDelay, r.Delay)
	telemetry.Record(telemetry.SurveyMailShare, r.MailShare)
}

// run is one run of a sender.
type run struct {
	*Sender
	rules      *ruleBook
	breakers   map[string]*breaker
	began      time.Time
	at         livechat.Time
	deliveries errgroup.Group

	lock   sync.Mutex
	result Result
}

func (r *run) now() livechat.Time { return r.at.Add(time.Since(r.began)) }

// timeIsUp reports whether it is too late to start a delivery, and records that in the
// result.
func (r *run) timeIsUp(ctx context.Context) bool {
	up := ctx.Err() != nil || isLate(ctx)
	if up {
		r.count(func(result *Result) { result.OutOfTime = true })
	}
	return up
}

func (r *run) count(f func(*Result)) {
	r.lock.Lock()
	defer r.lock.Unlock()
	f(&r.result)
}

// allBusy reports whether every channel in the settings is busy, so that nothing more can
// be delivered.
func (r *run) allBusy() bool {
	return !slices.ContainsFunc(r.rules.settings.SurveyChannels(), func(channel string) bool { return !r.breakers[channel].open() })
}

// processShard processes one shard of the list of due surveys, page by page.
func (r *run) processShard(ctx context.Context, shard int) error {
	var from livechat.DueCursor
	for {
		rooms, next, err := r.Store.DueSurveys(ctx, shard, r.at, from)
		if err != nil {
			return err
		}
		if err := r.processPage(ctx, rooms); err != nil {
			return err
		}
		if next == nil || r.timeIsUp(ctx) || r.allBusy() {
			return nil
		}
		from = next
	}
}

// processPage starts a delivery for each of the rooms' surveys.
func (r *run) processPage(ctx context.Context, rooms []string) error {
	surveys, err := r.Store.Surveys(ctx, rooms)
	if err != nil {
		return err
	}
	recipients, err := r.Store.Recipients(ctx, surveys)
	if err != nil {
		return err
	}
	for i, survey := range surveys {
		if r.timeIsUp(ctx) {
			return nil
		}
		r.deliveries.Go(func() error {
			if err := r.process(ctx, survey, recipients[i]); err != nil {
				slog.ErrorContext(ctx, "survey will be retried", "rid", survey.RoomID, "error", err)
			}
			return nil
		})
	}
	return nil
}

// process performs the next step of one survey.
func (r *run) process(ctx context.Context, survey livechat.Survey, recipient livechat.Recipient) error {
	rules, err := r.rules.forDepartment(survey.Department)
	if err != nil {
		return err
	}
	now := r.now()
	in := RuleInput{
		Visitor: recipient.Visitor, CameBack: recipient.HasOpenRoom, NoMailReason: recipient.NoMailReason, Delivery: r.rules.settings.Delivery,
	}
	if recipient.LastAsked.RoomID != survey.RoomID {
		in.LastAsked = recipient.LastAsked.At
	}
	step, due := rules.Next(survey, in, now)
	if !due {
		return nil
	}
	r.count(func(result *Result) { result.Delay = max(result.Delay, now.Sub(survey.DueAt).Seconds()) })
	if step.MessageKind == "" {
		return r.save(ctx, step.Survey)
	}
	return r.send(ctx, rules, step, in, now)
}

// send delivers the step's message if the channel's circuit breaker allows it. If the
// channel is busy, the survey stays as it is. If the day's limit of mails is reached, the
// survey waits for the next day.
func (r *run) send(ctx context.Context, rules Rules, step Step, in RuleInput, now livechat.Time) error {
	breaker := r.breakers[step.Channel]
	if !breaker.enter() {
		r.count(func(result *Result) { result.Busy = true })
		return nil
	}
	providerOutcome := notCalled
	defer func() { breaker.leave(providerOutcome) }()
	if r.timeIsUp(ctx) {
		return nil
	}
	limit := 0 // no limit
	if step.Channel == livechat.ChannelEmail {
		limit = in.Delivery.MailsPerDay
	}
	gotMail, err := r.mails.take(ctx, r.Store, now, limit)
	if err != nil {
		return err
	}
	if !gotMail {
		return r.save(ctx, waitUntil(nextDay(now), step.Survey).Survey)
	}
	providerOutcome, err = r.deliver(ctx, rules, step, in, now)
	if providerOutcome == notCalled || providerOutcome == refused {
		r.mails.putBack(now, limit)
	}
	return err
}

// save stores the survey and counts its state. It does nothing if the survey was changed
// concurrently.
func (r *run) save(ctx context.Context, s livechat.Survey) error {
	err := r.Store.SaveSurvey(ctx, s)
	if errors.Is(err, livechat.ErrConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	r.count(func(result *Result) {
		switch s.State {
		case livechat.SurveySkipped:
			result.Skipped++
		case livechat.SurveyExpired:
			result.Expired++
		case livechat.SurveyFailed:
			result.Failed++
		default:
			result.Postponed++
		}
	})
	return nil
}

// deliver claims the survey, delivers its message, and marks it as sent. The process can
// die between any two of these steps.
func (r *run) deliver(ctx context.Context, rules Rules, step Step, in RuleInput, now livechat.Time) (outcome, error) {
	code := r.NewCode()
	linkHash := livechat.LinkHash(code)
	link := livechat.Link{Hash: linkHash, RoomID: step.Survey.RoomID, VisitorID: in.Visitor.ID, ExpiresAt: step.Survey.ExpiresAt}
	if step.Channel == livechat.ChannelEmail {
		link.Address = livechat.AddressHash(in.Visitor.Emails[0].Address)
	}
	claimed := Claimed(step, linkHash, now)
	err := r.Store.ClaimSurvey(ctx, claimed, link, now, rules.LatestPriorAsk(now))
	switch {
	case errors.Is(err, livechat.ErrConflict):
		return notCalled, nil
	case errors.Is(err, livechat.ErrAskedTooSoon):
		return notCalled, r.save(ctx, step.Survey.Skip(livechat.SkipTooSoon))
	case err != nil:
		return notCalled, err
	}
	claimed.Version++ // as ClaimSurvey has stored it
	err = r.Channels[step.Channel].Deliver(ctx, Delivery{
		ID: MessageID(claimed.RoomID, step.MessageKind), Kind: step.MessageKind, Survey: claimed, Visitor: *in.Visitor,
		Link: r.linkBase() + "/s/" + code, Language: cmp.Or(in.Visitor.Language, rules.Language), At: now, Settings: in.Delivery,
		Brand: rules.Brand,
	})
	providerOutcome := outcomeOf(err)
	switch {
	case providerOutcome == refused:
		return providerOutcome, r.release(ctx, claimed, asDeliveryError(err))
	case err != nil:
		return providerOutcome, r.save(ctx, Undelivered(claimed, asDeliveryError(err), r.now()))
	}
	r.count(func(result *Result) { result.Sent++ })
	return providerOutcome, r.recordDelivered(ctx, rules, claimed, step.MessageKind)
}

// release gives up the claim after a busy provider refused the message.
func (r *run) release(ctx context.Context, claimed livechat.Survey, e *DeliveryError) error {
	r.count(func(result *Result) { result.Postponed++ })
	next, linkHash := Refused(claimed, e, r.now())
	err := r.Store.ReleaseSurvey(ctx, next, linkHash)
	if errors.Is(err, livechat.ErrConflict) {
		return nil
	}
	return err
}

// recordDelivered marks the survey's message as sent. If the survey has changed since it
// was claimed, recordDelivered re-reads it and retries. For example, the visitor may have
// answered or been deleted, or another sender may have taken over the claim.
func (r *run) recordDelivered(ctx context.Context, rules Rules, s livechat.Survey, kind string) error {
	now := r.now()
	for {
		marked, isNew := rules.Delivered(s, kind, now)
		if !isNew {
			return nil
		}
		err := retryUnavailable(ctx, func() error { return r.Store.SaveSurvey(ctx, marked) })
		if !errors.Is(err, livechat.ErrConflict) {
			return err
		}
		var latest []livechat.Survey
		err = retryUnavailable(ctx, func() (err error) {
			latest, err = r.Store.Surveys(ctx, []string{s.RoomID})
			return err
		})
		if err != nil || len(latest) == 0 {
			return err
		}
		s = latest[0]
	}
}

// The shortest and the longest wait of retryUnavailable.
const (
	firstWait = 100 * time.Millisecond
	maxWait   = 2 * time.Second
)

// retryUnavailable calls f until the database is available or ctx ends. It is used to mark
// a message as sent, because an unmarked message would be sent again.
func retryUnavailable(ctx context.Context, f func() error) error {
	for wait := firstWait; ; wait = min(2*wait, maxWait) {
		err := f()
		if known, ok := errors.AsType[*livechat.Error](err); !ok || known.Kind != livechat.Unavailable {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// MessageID returns the id of a survey's message. It is the same for every attempt and
// sender.
func MessageID(rid, kind string) string {
	sum := sha256.Sum256([]byte("survey " + kind + " " + rid))
	return "survey_" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// linkBase returns the URL that links begin with.
func (r *run) linkBase() string {
	return cmp.Or(r.rules.settings.Delivery.PublicURL, strings.TrimSuffix(r.URL, "/"))
}

// asDeliveryError returns err if it is a DeliveryError. Any other error becomes a Temporary
// one, without its text, which may name the visitor.
func asDeliveryError(err error) *DeliveryError {
	if known, ok := errors.AsType[*DeliveryError](err); ok {
		return known
	}
	return &DeliveryError{Fault: Temporary, Text: "the delivery failed"}
}
