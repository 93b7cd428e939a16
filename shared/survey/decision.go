package survey

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// RuleInput holds the facts that the rules need about a due survey and that the survey
// itself does not contain.
type RuleInput struct {
	// Visitor is the room's visitor, nil if deleted.
	Visitor *livechat.Visitor
	// CameBack reports whether the visitor has an open room.
	CameBack bool
	// LastAsked is the time at which the visitor was last surveyed about another room, or
	// 0 if never.
	LastAsked livechat.Time
	// NoMailReason is the skip reason if no surveys may be sent to the visitor's address.
	// It is empty if they may be sent.
	NoMailReason string
	Delivery     settings.Delivery
}

// Step is the next step for a due survey. If MessageKind is set, the step delivers a
// message of that kind by Channel. Otherwise, the step stores Survey.
type Step struct {
	MessageKind string
	Channel     string
	Survey      livechat.Survey
}

// holdFor is how long a survey waits if its visitor has an open room again. After that
// time, the survey is due and the visitor is checked again.
const holdFor = 15 * time.Minute

// Next returns the survey's step at the time now. It returns false if there is nothing to
// do, because the survey is not due or another sender has claimed it.
func (r Rules) Next(s livechat.Survey, in RuleInput, now livechat.Time) (Step, bool) {
	if s.Final() || s.DueAt == 0 || s.DueAt > now || s.Claim != nil && s.Claim.Until > now {
		return Step{}, false
	}
	if s.State == livechat.SurveySent {
		return r.afterSent(s, in, now), true
	}
	return r.beforeSent(s, in, now), true
}

func (r Rules) beforeSent(s livechat.Survey, in RuleInput, now livechat.Time) Step {
	skip := func(reason string) Step { return Step{Survey: s.Skip(reason)} }
	// A sender that died may have delivered the message. The delivery is repeated with
	// the same id, even if some of the rules below would skip or postpone it.
	died := s.Claim != nil
	switch {
	case in.Visitor == nil:
		return skip(livechat.SkipVisitorDeleted)
	case now >= s.ExpiresAt:
		return skip(livechat.SkipTooLate)
	case !in.Visitor.MayBeSurveyed(r.Survey): // r.Survey is the settings of surveys
		return skip(livechat.SkipNoConsent)
	case died && s.Attempts >= len(backOff):
		return Step{Survey: failed(s, "the sender died during every delivery")}
	case !r.Enabled && !died:
		return skip(livechat.SkipDisabled)
	case in.CameBack && r.OnReturn == settings.OnReturnSkip && !died:
		return skip(livechat.SkipCameBack)
	case in.CameBack && !died:
		return waitUntil(now.Add(holdFor), s)
	case !r.MaySendAt(now):
		return waitUntil(r.FirstSendTime(now), s)
	case r.tooSoon(in, now) && !died:
		return skip(livechat.SkipTooSoon)
	}
	channel, reason := r.channel(in)
	if reason != "" {
		return skip(reason)
	}
	return Step{MessageKind: livechat.Invitation, Channel: channel, Survey: s}
}

// tooSoon reports whether the visitor was surveyed about another room less than MinDays
// ago.
func (r Rules) tooSoon(in RuleInput, now livechat.Time) bool {
	return r.MinDays > 0 && in.LastAsked > r.LatestPriorAsk(now)
}

// LatestPriorAsk returns the time that is the minimum interval before now. A visitor who
// was surveyed later than that must not be surveyed at now. It returns 0 if there is no
// minimum interval.
func (r Rules) LatestPriorAsk(now livechat.Time) livechat.Time {
	if r.MinDays == 0 {
		return 0
	}
	return now.Add(-time.Duration(r.MinDays) * day)
}

// channel returns the first configured channel that can reach the visitor, or the skip
// reason if none can.
func (r Rules) channel(in RuleInput) (channel, reason string) {
	for _, c := range r.Channels {
		switch {
		case c == livechat.ChannelWebhook && in.Delivery.WebhookURL != "":
			return c, ""
		case c != livechat.ChannelEmail:
			reason = livechat.SkipNoSender
		case in.Delivery.MailFrom == "":
			reason = livechat.SkipNoSender
		case len(in.Visitor.Emails) == 0:
			reason = livechat.SkipNoAddress
		case in.NoMailReason != "":
			reason = in.NoMailReason
		default:
			return c, ""
		}
	}
	return "", reason
}

// afterSent returns the next step of a sent survey, which gets at most one reminder and
// then expires.
func (r Rules) afterSent(s livechat.Survey, in RuleInput, now livechat.Time) Step {
	if now >= s.ExpiresAt {
		return Step{Survey: expired(s)}
	}
	remind := s.RemindedAt == 0 && r.ReminderDays > 0 && r.Enabled &&
		now >= s.SentAt.Add(time.Duration(r.ReminderDays)*day)
	if !remind || in.Visitor == nil || !in.Visitor.MayBeSurveyed(r.Survey) || in.CameBack && r.OnReturn == settings.OnReturnSkip {
		return waitUntil(s.ExpiresAt, s)
	}
	if in.CameBack {
		return waitUntil(now.Add(holdFor), s)
	}
	if !r.MaySendAt(now) {
		return waitUntil(r.FirstSendTime(now), s)
	}
	if channel, _ := r.channel(in); channel == s.Channel {
		return Step{MessageKind: livechat.Reminder, Channel: channel, Survey: s}
	}
	return waitUntil(s.ExpiresAt, s)
}

// waitUntil returns the step that makes the survey due again at t, or at its expiry if that
// is earlier.
func waitUntil(t livechat.Time, s livechat.Survey) Step {
	s.DueAt = min(t, s.ExpiresAt)
	return Step{Survey: s}
}

func expired(s livechat.Survey) livechat.Survey {
	s.State, s.DueAt, s.Claim = livechat.SurveyExpired, 0, nil
	return s
}

// claimFor is the duration of a claim. It exceeds the longest possible delivery.
const claimFor = 2 * time.Minute

// Claimed returns the step's survey with a claim on the delivery of the step's message.
// linkHash is the hash of the link in that message.
func Claimed(step Step, linkHash string, now livechat.Time) livechat.Survey {
	s := step.Survey
	if s.Claim != nil {
		s.Attempts++ // the sender with the expired claim died during its attempt
	}
	// DueAt stays unchanged, which saves a write to the index. The claim keeps other
	// senders from delivering the message.
	s.Claim = &livechat.Claim{Kind: step.MessageKind, At: now, Until: now.Add(claimFor)}
	s.Channel = step.Channel
	s.Links = append(append([]string{}, s.Links...), linkHash)
	return s
}

// Delivered returns the survey after its invitation or reminder, according to kind, was
// sent. It returns false if the message is already marked as sent. It does not change the
// state of a survey that has become final since the delivery began.
func (r Rules) Delivered(s livechat.Survey, kind string, now livechat.Time) (livechat.Survey, bool) {
	at := &s.SentAt
	if kind == livechat.Reminder {
		at = &s.RemindedAt
	}
	if *at != 0 {
		return s, false
	}
	*at = now
	if s.Final() {
		return s, true
	}
	s.Claim, s.Attempts, s.Refusals, s.LastError = nil, 0, 0, ""
	s.State, s.DueAt = livechat.SurveySent, s.ExpiresAt
	if kind == livechat.Invitation && r.ReminderDays > 0 {
		s.DueAt = min(s.ExpiresAt, now.Add(time.Duration(r.ReminderDays)*day))
	}
	return s, true
}

// backOff lists the waits after the first failed attempt, the second and so on. If the
// attempt after the last wait fails, too, the survey becomes a dead letter.
var backOff = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour}

// The shortest and the longest back-off for a busy provider, before jitter.
const (
	firstBusyWait = time.Minute
	maxBusyWait   = time.Hour
)

// busyWait returns the back-off after the nth refusal in a row. The back-off doubles with
// each refusal, up to maxBusyWait. A jitter then shortens it by up to half. The jitter is
// a hash of the room and n, so that surveys that were refused together are not retried
// together.
func busyWait(rid string, n int) time.Duration {
	wait := min(firstBusyWait<<min(n-1, 10), maxBusyWait)
	sum := sha256.Sum256(fmt.Appendf(nil, "busy %d %s", n, rid))
	return wait - time.Duration(binary.BigEndian.Uint16(sum[:]))*(wait/2)>>16
}

// Refused returns the survey after a busy provider refused its message, and the hash of
// the message's link. The link is removed from the survey, because the message was
// certainly not delivered. A survey keeps only the links of messages that may have been
// delivered.
func Refused(s livechat.Survey, e *DeliveryError, now livechat.Time) (next livechat.Survey, linkHash string) {
	s.Claim, s.LastError = nil, e.Text
	s.Refusals++
	s.DueAt = min(now.Add(busyWait(s.RoomID, s.Refusals)), s.ExpiresAt)
	last := len(s.Links) - 1
	linkHash, s.Links = s.Links[last], s.Links[:last:last]
	return s, linkHash
}

// Undelivered returns the survey after a delivery failed with a Temporary or Permanent
// fault.
func Undelivered(s livechat.Survey, e *DeliveryError, now livechat.Time) livechat.Survey {
	s.Claim, s.Refusals, s.LastError = nil, 0, e.Text
	s.Attempts++
	if e.Fault == Temporary && s.Attempts <= len(backOff) {
		s.DueAt = min(now.Add(backOff[s.Attempts-1]), s.ExpiresAt)
		return s
	}
	if s.State == livechat.SurveySent {
		// Only the reminder is lost.
		s.RemindedAt, s.Attempts, s.DueAt = now, 0, s.ExpiresAt
		return s
	}
	return failed(s, e.Text)
}

func failed(s livechat.Survey, why string) livechat.Survey {
	s.State, s.DueAt, s.Claim, s.LastError = livechat.SurveyFailed, 0, nil, why
	return s
}

// Redriven returns a dead letter as a survey that is due again.
func Redriven(s livechat.Survey, now livechat.Time) livechat.Survey {
	s.State, s.Attempts, s.DueAt = livechat.SurveyScheduled, 0, now
	return s
}
