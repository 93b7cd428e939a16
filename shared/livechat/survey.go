package livechat

import (
	"errors"
	"maps"
	"slices"
)

// Survey is what became of asking the visitor about a closed room. Every closed
// room has one, also where nobody is asked: its facts are frozen when the room
// is closed, so that no later change of agents, departments or visitors changes
// a past score.
type Survey struct {
	RoomID string `json:"rid"`

	// The facts.

	ClosedAt Time `json:"closedAt"`
	// ClosedOn is the day, such as 2026-11-23, in the time zone that was in
	// force.
	ClosedOn   string `json:"closedOn"`
	Closer     string `json:"closer,omitempty"`
	Department string `json:"department,omitempty"`
	// Agent is who served the room; absent when nobody did.
	Agent *SurveyAgent `json:"agent,omitempty"`
	// AgentAnswered says that an agent wrote to the visitor.
	AgentAnswered bool `json:"agentAnswered,omitempty"`
	// ChatDuration is how long the room was open, in seconds.
	ChatDuration float64 `json:"chatDuration,omitempty"`

	// Visitor is whose room it is; absent once they are deleted.
	Visitor *SurveyVisitor `json:"visitor,omitempty"`

	// State is one of the States; Reason is why a skipped one was.
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Scheduled says that the rules, when the room was closed, wanted the
	// visitor to be asked.
	Scheduled bool `json:"scheduled,omitempty"`
	// DueAt is when there is something to do again; absent for never.
	DueAt Time `json:"dueAt,omitempty"`
	// ExpiresAt is when the visitor can't be asked, nor answer by a link, any
	// more.
	ExpiresAt Time `json:"expiresAt,omitempty"`
	// Claim is a delivery that has begun, and whose end is not known yet.
	Claim *Claim `json:"claim,omitempty"`
	// Attempts counts the deliveries that failed since the last that did not.
	Attempts int `json:"attempts,omitempty"`
	// Refusals counts the deliveries in a row that the provider refused as busy.
	Refusals  int    `json:"refusals,omitempty"`
	LastError string `json:"lastError,omitempty"`
	// Links are the hashes of the codes of messages that are out, or may be.
	Links []string `json:"links,omitempty"`

	// Channel is how the visitor was asked.
	Channel    string `json:"channel,omitempty"`
	SentAt     Time   `json:"sentAt,omitempty"`
	RemindedAt Time   `json:"remindedAt,omitempty"`

	// Ratings are the answers that are no free text.
	Ratings    Answers `json:"ratings,omitempty"`
	AnsweredAt Time    `json:"answeredAt,omitempty"`
	// AnsweredBy is the channel the first answer came by.
	AnsweredBy string `json:"answeredBy,omitempty"`
	// Texts are the questions that were answered in free text. What was written
	// stands in the Comment.
	Texts []string `json:"texts,omitempty"`
	// Questionnaire names the questions that were answered; absent for the
	// wire's own.
	Questionnaire string `json:"questionnaire,omitempty"`

	// Version counts the survey's changes, as Room.Version does.
	Version int `json:"-"`
}

// SurveyAgent is the agent who served a room, as they were then.
type SurveyAgent struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
}

// SurveyVisitor is the visitor whom a survey asks.
type SurveyVisitor struct {
	ID    string `json:"_id"`
	Token string `json:"token"`
}

// Claim is a sender's word that it delivers one message; others keep away until
// then. A claim that has run out is a sender that died.
type Claim struct {
	Kind  string `json:"kind"`
	At    Time   `json:"at"`
	Until Time   `json:"until"`
}

// The messages that a survey can bring.
const (
	Invitation = "invitation"
	Reminder   = "reminder"
)

// The states of a survey. Scheduled and sent ones wait for something; the others
// are final, but that answers are always accepted.
const (
	SurveyScheduled = "scheduled"
	SurveySent      = "sent"
	SurveyAnswered  = "answered"
	// SurveyExpired: it was sent, and not answered in time.
	SurveyExpired = "expired"
	// SurveySkipped: it was not sent, for a Reason.
	SurveySkipped = "skipped"
	// SurveyFailed: it could not be delivered, and is a dead letter until an
	// operator has it tried again.
	SurveyFailed = "failed"
)

// Why a survey was not sent.
const (
	SkipDisabled       = "disabled"
	SkipSampledOut     = "sampled-out"
	SkipNotServed      = "not-served"
	SkipNotAnswered    = "not-answered"
	SkipCameBack       = "came-back"
	SkipNoAddress      = "no-address"
	SkipNoSender       = "no-sender"
	SkipUnsubscribed   = "unsubscribed"
	SkipTooSoon        = "too-soon"
	SkipTooLate        = "too-late"
	SkipVisitorDeleted = "visitor-deleted"
	// SkipNoConsent: the visitor has not agreed to be asked, or no longer does.
	SkipNoConsent = "no-consent"
	// SkipUndeliverable: a mail to the address bounced for good.
	SkipUndeliverable = "undeliverable"
)

// SkipReasons are all of them.
var SkipReasons = []string{
	SkipDisabled, SkipSampledOut, SkipNotServed, SkipNotAnswered, SkipCameBack, SkipNoAddress, SkipNoSender,
	SkipUnsubscribed, SkipTooSoon, SkipTooLate, SkipVisitorDeleted, SkipNoConsent, SkipUndeliverable,
}

// Final reports whether nothing is left to be done about the survey.
func (s Survey) Final() bool { return s.State != SurveyScheduled && s.State != SurveySent }

// Skip returns the survey as one that is not sent.
func (s Survey) Skip(reason string) Survey {
	s.State, s.Reason = SurveySkipped, reason
	s.DueAt, s.Claim = 0, nil
	return s
}

// Answer returns the survey with an accepted call's answers, all being those
// that the room now has.
func (s Survey) Answer(e AnswerEntry, all Answers) Survey {
	texts := map[string]bool{AdditionalFeedback: true}
	for _, name := range slices.Concat(s.Texts, e.Texts) {
		texts[name] = true
	}
	s.Ratings, s.Texts = Answers{}, nil
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case !texts[name]:
			s.Ratings[name] = all[name]
		case all[name] != "":
			s.Texts = append(s.Texts, name)
		}
	}
	if s.AnsweredAt == 0 {
		s.AnsweredAt, s.AnsweredBy = e.Ts, e.Channel
	}
	if e.Questionnaire != "" {
		s.Questionnaire = e.Questionnaire
	}
	if s.Claim != nil && s.SentAt == 0 && e.Channel != ChannelAPI {
		// Who answers by a link has got it, whatever its sender lived to say.
		s.SentAt = s.Claim.At
	}
	s.State, s.Reason = SurveyAnswered, ""
	s.DueAt, s.Claim = 0, nil
	return s
}

// Forget returns the survey without what is the visitor's: who they are, and the
// links they were given. The score stays.
func (s Survey) Forget() Survey {
	if s.State == SurveyScheduled {
		s = s.Skip(SkipVisitorDeleted)
	}
	if s.State == SurveySent {
		s.State = SurveyExpired
	}
	s.DueAt, s.Claim = 0, nil
	s.Visitor, s.Links, s.Texts, s.LastError = nil, nil, nil, ""
	return s
}

// Comment is what a visitor wrote, beside how they rated: what reports show to
// people.
type Comment struct {
	RoomID     string `json:"rid"`
	ClosedAt   Time   `json:"closedAt"`
	AnsweredAt Time   `json:"answeredAt"`
	Department string `json:"department,omitempty"`
	// Agent is a username.
	Agent   string  `json:"agent,omitempty"`
	Channel string  `json:"channel,omitempty"`
	Ratings Answers `json:"ratings,omitempty"`
	// Texts are the free texts, by question.
	Texts Answers `json:"texts"`
}

// Comment returns what the visitor wrote; nil when they wrote nothing.
func (s Survey) Comment(all Answers) *Comment {
	if len(s.Texts) == 0 {
		return nil
	}
	texts := Answers{}
	for _, name := range s.Texts {
		texts[name] = all[name]
	}
	c := &Comment{
		RoomID: s.RoomID, ClosedAt: s.ClosedAt, AnsweredAt: s.AnsweredAt, Department: s.Department,
		Channel: s.AnsweredBy, Ratings: s.Ratings, Texts: texts,
	}
	if s.Agent != nil {
		c.Agent = s.Agent.Username
	}
	return c
}

// Recipient is what the rules look at before a visitor is asked, in addition to the survey.
type Recipient struct {
	// Visitor is nil when they are deleted.
	Visitor *Visitor
	// HasOpenRoom says that the visitor is back.
	HasOpenRoom bool
	// Asked is when the visitor was last asked, and about which room.
	Asked Asked
	// NoMail is why the visitor's address gets no surveys, a skip reason; empty if it does.
	NoMail string
}

// Asked is when a visitor was last asked about a chat.
type Asked struct {
	RoomID string `json:"rid"`
	At     Time   `json:"at"`
}

// ErrAskedTooSoon says that the visitor, or another one with the same mail address, was
// asked about another room not long ago.
var ErrAskedTooSoon = errors.New("the visitor was asked not long ago")

// DueCursor is where the next page of due surveys begins: nil for the first page, and after
// the last one. What is in it is the store's.
type DueCursor any
