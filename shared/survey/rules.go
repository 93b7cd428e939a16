package survey

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
	_ "time/tzdata" // Lambda's image has no time zone database

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// Rules decide whether and when a visitor of one department is surveyed.
type Rules struct {
	settings.Survey
	zone *time.Location
}

// RulesOf returns the rules for the rooms of a department.
func RulesOf(settings settings.Settings, department string) (Rules, error) {
	own := settings.SurveyOf(department)
	zone, err := time.LoadLocation(own.TimeZone)
	if err != nil {
		return Rules{}, fmt.Errorf("setting surveyTimeZone: %w", err)
	}
	return Rules{Survey: own, zone: zone}, nil
}

// Day returns the day of t in the rules' time zone.
func (r Rules) Day(t livechat.Time) string { return t.Time().In(r.zone).Format(time.DateOnly) }

// MaySendAt reports whether surveys may be sent at t. In local time, t must be on a
// business day and outside the quiet hours.
func (r Rules) MaySendAt(t livechat.Time) bool {
	wall := t.Time().In(r.zone)
	return r.BusinessDays[wall.Weekday()] && !r.quiet(wall.Hour()*60+wall.Minute())
}

func (r Rules) quiet(minute int) bool {
	q := r.QuietHours
	if q.From <= q.To {
		return minute >= q.From && minute < q.To
	}
	return minute >= q.From || minute < q.To
}

// FirstSendTime returns the first time from t on at which surveys may be sent.
//
// It checks minute by minute, because the result of MaySendAt changes only at whole
// minutes. So hours that daylight saving time skips or repeats need no special case.
// Skipping a weekend takes some microseconds.
func (r Rules) FirstSendTime(t livechat.Time) livechat.Time {
	for !r.MaySendAt(t) {
		t = livechat.At(t.Time().Truncate(time.Minute).Add(time.Minute))
	}
	return t
}

// AtClosing applies the rules of the room's department, see [Rules.AtClosing].
func AtClosing(settings settings.Settings, room livechat.Room) (livechat.Survey, error) {
	rules, err := RulesOf(settings, room.DepartmentID)
	if err != nil {
		return livechat.Survey{}, err
	}
	return rules.AtClosing(room), nil
}

// AtClosing returns the survey of a room that has just been closed. The survey has the
// room's facts and answers, and says when the visitor will be surveyed, or why not.
func (r Rules) AtClosing(room livechat.Room) livechat.Survey {
	s := Facts(room, r)
	switch {
	case len(room.SurveyFeedback) > 0:
		return s.Answer(livechat.AnswerEntry{Ts: room.ClosedAt, Channel: livechat.ChannelAPI}, room.SurveyFeedback)
	case !r.Enabled:
		return s.Skip(livechat.SkipDisabled)
	case !r.sampled(room.ID):
		return s.Skip(livechat.SkipSampledOut)
	case r.OnlyIf != settings.OnlyIfAny && s.Agent == nil:
		return s.Skip(livechat.SkipNotServed)
	case r.OnlyIf == settings.OnlyIfAnswered && !s.AgentAnswered:
		return s.Skip(livechat.SkipNotAnswered)
	}
	due := r.FirstSendTime(s.ClosedAt.Add(time.Duration(r.DelayMinutes) * time.Minute))
	if due >= s.ExpiresAt {
		return s.Skip(livechat.SkipTooLate)
	}
	s.State, s.Scheduled, s.DueAt = livechat.SurveyScheduled, true, due
	return s
}

// Facts returns a survey with the facts of a closed room.
func Facts(room livechat.Room, r Rules) livechat.Survey {
	s := livechat.Survey{
		RoomID:     room.ID,
		ClosedAt:   room.ClosedAt,
		ClosedOn:   r.Day(room.ClosedAt),
		Closer:     room.Closer,
		Department: room.DepartmentID,
		Visitor:    &livechat.SurveyVisitor{ID: room.Visitor.ID, Token: room.Visitor.Token},
		ExpiresAt:  room.ClosedAt.Add(time.Duration(r.ExpiryDays) * day),
	}
	if room.ServedBy != nil {
		s.Agent = &livechat.SurveyAgent{ID: room.ServedBy.ID, Username: room.ServedBy.Username}
	}
	// ResponseBy is cleared when the visitor writes again, but the agent's reaction stays.
	s.AgentAnswered = room.ResponseBy != nil || room.Metrics != nil && room.Metrics.Reaction != nil
	if room.Metrics != nil {
		s.ChatDuration = room.Metrics.ChatDuration
	}
	return s
}

const day = 24 * time.Hour

// sampled reports whether the room is in the sample. The result for a room is always the
// same.
func (r Rules) sampled(rid string) bool {
	sum := sha256.Sum256([]byte("sampling " + rid))
	return binary.BigEndian.Uint64(sum[:])%100 < uint64(r.SamplingPercent)
}
