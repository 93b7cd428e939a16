package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/store"
	"livechat/shared/survey"
	"livechat/shared/survey/report"
)

type surveyCommands struct {
	Dead      surveyDead        `cmd:"" help:"List the surveys that could not be delivered."`
	Redrive   surveyRedrive     `cmd:"" help:"Deliver failed surveys again."`
	Simulate  surveySimulate    `cmd:"" help:"Preview which past chats these (or other) rules would have surveyed."`
	Rollup    surveyRollup      `cmd:"" help:"Recount the surveys of past days for the report."`
	Questions questionsCommands `cmd:"" help:"Manage the questions that visitors get."`
	Address   surveyAddress     `cmd:"" help:"Show why a mail address gets no surveys, or allow them again."`
}

// eachDead calls f for each survey that could not be delivered.
func eachDead(ctx context.Context, s *store.Store, f func(livechat.Survey) error) error {
	var from livechat.DueCursor
	for {
		rooms, next, err := s.DeadSurveys(ctx, from)
		if err != nil {
			return err
		}
		surveys, err := s.Surveys(ctx, rooms)
		if err != nil {
			return err
		}
		for _, candidate := range surveys {
			// The index may lag behind the table.
			if candidate.State != livechat.SurveyFailed {
				continue
			}
			if err := f(candidate); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		from = next
	}
}

type surveyDead struct{}

func (surveyDead) Help() string {
	return `Lists the surveys whose delivery failed six times or permanently, with the reason.
Retry them with "admin survey redrive".

Example:

    admin survey dead`
}

func (surveyDead) Run(ctx context.Context, s *store.Store, out *output) error {
	var dead []livechat.Survey
	err := eachDead(ctx, s, func(one livechat.Survey) error {
		dead = append(dead, one)
		return nil
	})
	if err != nil {
		return err
	}
	type row struct {
		RoomID    string        `json:"rid"`
		ClosedAt  livechat.Time `json:"closedAt"`
		ExpiresAt livechat.Time `json:"expiresAt"`
		Channel   string        `json:"channel"`
		Error     string        `json:"error"`
	}
	var rows []row
	for _, d := range dead {
		rows = append(rows, row{d.RoomID, d.ClosedAt, d.ExpiresAt, d.Channel, d.LastError})
	}
	return list(out, rows, []string{"ROOM", "CLOSED", "EXPIRES", "CHANNEL", "ERROR"}, func(r row) []string {
		return []string{r.RoomID, r.ClosedAt.String(), r.ExpiresAt.String(), orDash(r.Channel), r.Error}
	})
}

type surveyRedrive struct {
	Rooms []string `arg:"" optional:"" name:"rid" help:"Rooms whose surveys to deliver, as \"admin survey dead\" shows them."`
	All   bool     `help:"Deliver all failed surveys."`
}

func (surveyRedrive) Help() string {
	return `The surveys become due immediately, with all attempts available again. A survey that
has expired by then is skipped as too late.

Examples:

    admin survey redrive kCJDd5peKiZnGJLPq
    admin survey redrive --all`
}

func (c surveyRedrive) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	if c.All == (len(c.Rooms) > 0) {
		return errors.New("name rooms, or give --all")
	}
	now := clock.now()
	wanted := slices.Clone(c.Rooms)
	redriven := 0
	err := eachDead(ctx, s, func(one livechat.Survey) error {
		if !c.All && !slices.Contains(wanted, one.RoomID) {
			return nil
		}
		wanted = slices.DeleteFunc(wanted, func(rid string) bool { return rid == one.RoomID })
		err := s.RedriveSurvey(ctx, survey.Redriven(one, now))
		if errors.Is(err, livechat.ErrConflict) {
			return nil // it was answered or deleted just now
		}
		if err == nil {
			redriven++
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(wanted) > 0 {
		return fmt.Errorf("no failed survey belongs to %s; %d others are due again", strings.Join(wanted, ", "), redriven)
	}
	return out.result(map[string]any{"redriven": redriven}, fmt.Sprintf("due again: %s", pluralize(redriven, "survey")))
}

type days struct {
	From string `placeholder:"DAY" help:"The first day, for example 2026-11-01. Default: 29 days before the last."`
	To   string `placeholder:"DAY" help:"The last day. Default: today."`
}

// span returns the first and last day, in the reports' time zone.
func (d days) span(ctx context.Context, s *store.Store, now livechat.Time) (from, to string, err error) {
	from, to = d.From, d.To
	if to == "" {
		if to, err = (survey.Reporter{Days: s}).Today(ctx, now); err != nil {
			return "", "", err
		}
	}
	if from == "" {
		from = report.DaysBefore(to, 29)
	}
	all, err := report.Days(from, to)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s is after %s", from, to)
	}
	return from, to, err
}

type surveySimulate struct {
	days
	Set map[string]string `placeholder:"NAME=VALUE" help:"Simulate with this setting for all departments. Nothing is changed."`
}

func (surveySimulate) Help() string {
	return `Applies the current rules, or the rules changed by --set, to the chats that were
closed on these days, and counts the outcomes. It uses the visitors' current addresses and
unsubscriptions.

Examples:

    admin survey simulate --from 2026-11-01 --to 2026-11-30
    admin survey simulate --set surveySamplingPercent=20 --set surveyMinDays=30`
}

func (c surveySimulate) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	from, to, err := c.span(ctx, s, clock.now())
	if err != nil {
		return err
	}
	changed, err := s.ChangedSettings(ctx)
	if err != nil {
		return err
	}
	for name, value := range c.Set {
		if err := settings.Check(name, value); err != nil {
			return fmt.Errorf("--set %s: %w", name, err)
		}
		changed.Set(name, "", value)
		for department := range changed.Departments {
			delete(changed.Departments[department], name)
		}
	}
	settings, err := settings.New(changed.Changes)
	if err != nil {
		return err
	}
	surveys, recipients, err := pastChats(ctx, s, from, to)
	if err != nil {
		return err
	}
	result, err := survey.Simulate(settings, surveys, recipients)
	if err != nil {
		return err
	}
	lines := []string{
		fmt.Sprintf("%s closed from %s to %s", pluralize(result.Rooms, "chat"), from, to),
		fmt.Sprintf("%6d would have been surveyed", result.Sent),
	}
	for _, channel := range slices.Sorted(maps.Keys(result.Channels)) {
		lines = append(lines, fmt.Sprintf("%6d   by %s", result.Channels[channel], channel))
	}
	for _, reason := range slices.Sorted(maps.Keys(result.Skipped)) {
		lines = append(lines, fmt.Sprintf("%6d not: %s", result.Skipped[reason], reason))
	}
	return out.result(result, lines...)
}

func pastChats(ctx context.Context, s *store.Store, from, to string) (surveys []livechat.Survey, recipients []livechat.Recipient,
	err error) {
	all, err := report.Days(from, to)
	if err != nil {
		return nil, nil, err
	}
	for _, day := range all {
		err := s.EachClosed(ctx, day, func(rooms []string) error {
			batch, err := s.Surveys(ctx, rooms)
			surveys = append(surveys, batch...)
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	recipients, err = s.Recipients(ctx, surveys)
	return surveys, recipients, err
}

type surveyRollup struct{ days }

func (surveyRollup) Help() string {
	return `A schedule does this every night for recent days. Run it by hand after importing
older chats. It refuses days whose surveys retainSurveyDays has erased, because a recount would
lose their figures.

Example:

    admin survey rollup --from 2025-01-01 --to 2025-12-31`
}

func (c surveyRollup) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	from, to, err := c.span(ctx, s, clock.now())
	if err != nil {
		return err
	}
	if err := refuseErasedDays(ctx, s, from, clock.now()); err != nil {
		return err
	}
	rolled, err := survey.Reporter{Days: s}.RollUpDays(ctx, from, to, clock.now())
	if err != nil {
		return err
	}
	return out.result(rolled, "counted: "+pluralize(rolled.Days, "day"))
}

// refuseErasedDays fails if surveys of the day from may have been erased. Counting the
// remaining surveys would replace the day's figures, which must be kept, with lower ones.
func refuseErasedDays(ctx context.Context, s *store.Store, from string, now livechat.Time) error {
	settings, err := s.Settings(ctx)
	if err != nil || settings.Retention.SurveyDays == 0 {
		return err
	}
	today, err := (survey.Reporter{Days: s}).Today(ctx, now)
	if err != nil {
		return err
	}
	// The day that is being erased now is already incomplete.
	first := report.DaysBefore(today, settings.Retention.SurveyDays-1)
	if from < first {
		return fmt.Errorf("retainSurveyDays (%d) has erased the surveys from before %s, and a recount would lose their figures: "+
			"nothing was counted; give --from %s or a later day",
			settings.Retention.SurveyDays, first, first)
	}
	return nil
}

type surveyAddress struct {
	Address string `arg:"" help:"The mail address, for example mary@example.com, with or without a tag."`
	Allow   bool   `help:"Send surveys to the address again, whatever stopped them."`
}

func (surveyAddress) Help() string {
	return `An address gets no more surveys after its owner unsubscribed or reported one as spam
(complained), or after one bounced. Only hashes of addresses are stored, so they cannot be
listed. --allow does not change Amazon SES's own suppression list.

Examples:

    admin survey address mary@example.com
    admin survey address mary@example.com --allow`
}

func (c surveyAddress) Run(ctx context.Context, s *store.Store, out *output) error {
	if !strings.Contains(c.Address, "@") {
		return fmt.Errorf("%q is not a mail address; give one like mary@example.com", c.Address)
	}
	hash := livechat.AddressHash(c.Address)
	end, err := s.MailsEnd(ctx, hash)
	if err != nil {
		return err
	}
	if end == nil {
		return out.result(map[string]any{"surveys": true}, "surveys are sent to this address")
	}
	if !c.Allow {
		return out.result(map[string]any{"surveys": false, "reason": end.Reason, "at": end.At},
			fmt.Sprintf("no surveys are sent to this address: %s at %s", end.Reason, end.At))
	}
	if err := s.AllowMails(ctx, hash); err != nil {
		return err
	}
	return out.result(map[string]any{"surveys": true}, fmt.Sprintf("surveys are sent to this address again (it was: %s at %s)",
		end.Reason, end.At))
}
