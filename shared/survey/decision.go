package survey

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"livechat/shared/livechat"
)

// Context is what a due survey's rules look at, beside the survey.
type Context struct {
	// Visitor is whose room it is; nil when they are deleted.
	Visitor *livechat.Visitor
	// CameBack says that the visitor has an open room.
	CameBack bool
	// LastAsked is when a survey was last sent to the visitor, about another
	// room; absent for never.
	LastAsked livechat.Time
	// NoMail is why the visitor's address gets no surveys, a skip reason; empty if it does.
	NoMail   string
	Delivery livechat.DeliverySettings
}

// Step is what has to be done about a due survey: deliver a message of Kind by
// Channel, if there is a Kind; else write the survey down as it is in To.
type Step struct {
	Kind    string
	Channel string
	To      livechat.Survey
}

// holdFor is after how long it is looked at again whether a visitor who came
// back is gone.
const holdFor = 15 * time.Minute

// Next returns what has to be done about the survey at that time. False when
// there is nothing: it is not due, or somebody is at it.
func (r Rules) Next(s livechat.Survey, in Context, now livechat.Time) (Step, bool) {
	if s.Final() || s.DueAt == 0 || s.DueAt > now || s.Claim != nil && s.Claim.Until > now {
		return Step{}, false
	}
	if s.State == livechat.SurveySent {
		return r.afterSent(s, in, now), true
	}
	return r.beforeSent(s, in, now), true
}

func (r Rules) beforeSent(s livechat.Survey, in Context, now livechat.Time) Step {
	skip := func(reason string) Step { return Step{To: s.Skip(reason)} }
	// A sender that died may have delivered: only a delivery under the same
	// identity makes sure, whatever the rules say by now.
	died := s.Claim != nil
	switch {
	case in.Visitor == nil:
		return skip(livechat.SkipVisitorDeleted)
	case now >= s.ExpiresAt:
		return skip(livechat.SkipTooLate)
	case !r.Asks(*in.Visitor):
		return skip(livechat.SkipNoConsent)
	case died && s.Attempts >= len(backOff):
		return Step{To: failed(s, "the sender ended in the middle of each delivery")}
	case !r.Enabled && !died:
		return skip(livechat.SkipDisabled)
	case in.CameBack && r.OnReturn == livechat.OnReturnSkip && !died:
		return skip(livechat.SkipCameBack)
	case in.CameBack && !died:
		return r.wait(s, now.Add(holdFor))
	case !r.Allowed(now):
		return r.wait(s, r.FirstAllowed(now))
	case r.tooSoon(in, now) && !died:
		return skip(livechat.SkipTooSoon)
	}
	channel, reason := r.channel(in)
	if reason != "" {
		return skip(reason)
	}
	return Step{Kind: livechat.Invitation, Channel: channel, To: s}
}

// tooSoon reports whether the visitor was asked about another room not long
// ago.
func (r Rules) tooSoon(in Context, now livechat.Time) bool {
	return r.MinDays > 0 && in.LastAsked != 0 && now < in.LastAsked.Add(time.Duration(r.MinDays)*day)
}

// AskedBefore is the time up to which a visitor must have been asked last to be
// asked now; absent when it does not matter.
func (r Rules) AskedBefore(now livechat.Time) livechat.Time {
	if r.MinDays == 0 {
		return 0
	}
	return now.Add(-time.Duration(r.MinDays) * day)
}

// channel returns the first wanted one that reaches the visitor, or why there is
// none.
func (r Rules) channel(in Context) (channel, reason string) {
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
		case in.NoMail != "":
			reason = in.NoMail
		default:
			return c, ""
		}
	}
	return "", reason
}

// afterSent reminds the visitor, once, and lets the survey expire.
func (r Rules) afterSent(s livechat.Survey, in Context, now livechat.Time) Step {
	if now >= s.ExpiresAt {
		return Step{To: expired(s)}
	}
	remind := s.RemindedAt == 0 && r.ReminderDays > 0 && r.Enabled &&
		now >= s.SentAt.Add(time.Duration(r.ReminderDays)*day)
	if !remind || in.Visitor == nil || !r.Asks(*in.Visitor) || in.CameBack && r.OnReturn == livechat.OnReturnSkip {
		return r.wait(s, s.ExpiresAt)
	}
	if in.CameBack {
		return r.wait(s, now.Add(holdFor))
	}
	if !r.Allowed(now) {
		return r.wait(s, r.FirstAllowed(now))
	}
	if channel, _ := r.channel(in); channel == s.Channel {
		return Step{Kind: livechat.Reminder, Channel: channel, To: s}
	}
	return r.wait(s, s.ExpiresAt)
}

// wait returns the step that looks at the survey again at t, or when it
// expires.
func (r Rules) wait(s livechat.Survey, t livechat.Time) Step {
	s.DueAt = min(t, s.ExpiresAt)
	return Step{To: s}
}

func expired(s livechat.Survey) livechat.Survey {
	s.State, s.DueAt, s.Claim = livechat.SurveyExpired, 0, nil
	return s
}

// The life of a claim, and what comes after a delivery.

// claimFor is how long a sender has for one delivery: longer than any can take.
const claimFor = 2 * time.Minute

// Claimed returns the survey as one whose message is being delivered.
func Claimed(s livechat.Survey, step Step, link string, now livechat.Time) livechat.Survey {
	if s.Claim != nil {
		s.Attempts++
	}
	// DueAt stays: the claim keeps other senders off, and the index need not be written.
	s.Claim = &livechat.Claim{Kind: step.Kind, At: now, Until: now.Add(claimFor)}
	s.Channel = step.Channel
	s.Links = append(append([]string{}, s.Links...), link)
	return s
}

// Delivered returns the survey as one whose message of that kind is on its way,
// and false when it says so already. A survey that was answered or forgotten
// meanwhile stays so.
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

// backOff is how long to wait after each failed attempt; after the last the
// survey is a dead letter.
var backOff = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 8 * time.Hour}

// The shortest and the longest wait for a provider that is busy.
const (
	firstBusyWait = time.Minute
	maxBusyWait   = time.Hour
)

// busyWait returns how long to wait after the nth refusal in a row: twice as long each
// time, up to maxBusyWait, less a part of up to a half (the jitter) that follows from the
// room and n, so that surveys that were refused together do not come back together.
func busyWait(rid string, n int) time.Duration {
	wait := min(firstBusyWait<<min(n-1, 10), maxBusyWait)
	sum := sha256.Sum256(fmt.Appendf(nil, "busy %d %s", n, rid))
	return wait - time.Duration(binary.BigEndian.Uint16(sum[:]))*(wait/2)>>16
}

// Refused returns the survey as one whose delivery the provider refused as busy, and the
// hash of the link that the message would have carried. The message was surely not
// delivered, so the link goes: a survey has one link for each message that may be out.
func Refused(s livechat.Survey, e *DeliveryError, now livechat.Time) (next livechat.Survey, link string) {
	s.Claim, s.LastError = nil, e.Text
	s.Refusals++
	s.DueAt = min(now.Add(busyWait(s.RoomID, s.Refusals)), s.ExpiresAt)
	last := len(s.Links) - 1
	link, s.Links = s.Links[last], s.Links[:last:last]
	return s, link
}

// Undelivered returns the survey as one whose delivery failed, and not for a busy
// provider.
func Undelivered(s livechat.Survey, e *DeliveryError, now livechat.Time) livechat.Survey {
	s.Claim, s.Refusals, s.LastError = nil, 0, e.Text
	s.Attempts++
	if e.Fault == Temporary && s.Attempts <= len(backOff) {
		s.DueAt = min(now.Add(backOff[s.Attempts-1]), s.ExpiresAt)
		return s
	}
	if s.State == livechat.SurveySent {
		// The reminder alone was lost.
		s.RemindedAt, s.Attempts, s.DueAt = now, 0, s.ExpiresAt
		return s
	}
	return failed(s, e.Text)
}

func failed(s livechat.Survey, why string) livechat.Survey {
	s.State, s.DueAt, s.Claim, s.LastError = livechat.SurveyFailed, 0, nil, why
	return s
}

// Redriven returns a dead letter as one that is due again.
func Redriven(s livechat.Survey, now livechat.Time) livechat.Survey {
	s.State, s.Attempts, s.DueAt = livechat.SurveyScheduled, 0, now
	return s
}
