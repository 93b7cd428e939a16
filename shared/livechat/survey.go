package livechat

import (
	"errors"
	"maps"
	"slices"
)

// Survey records whether the visitor was surveyed about a closed room, and the result. Every
// closed room has a survey, even if nobody is surveyed. Closing the room freezes the
// survey's facts, so later changes of agents, departments or visitors don't change past
// scores.
type Survey struct {
	RoomID string `json:"rid"`

	// The facts.

	ClosedAt Time `json:"closedAt"`
	// ClosedOn is the day of the closing, such as 2026-11-23, in the time zone of the
	// settings at that time.
	ClosedOn   string `json:"closedOn"`
	Closer     string `json:"closer,omitempty"`
	Department string `json:"department,omitempty"`
	// Agent is the agent who served the room. It is absent if nobody served the room.
	Agent *SurveyAgent `json:"agent,omitempty"`
	// AgentAnswered means that an agent wrote to the visitor.
	AgentAnswered bool `json:"agentAnswered,omitempty"`
	// ChatDuration is the time for which the room was open, in seconds.
	ChatDuration float64 `json:"chatDuration,omitempty"`

	// Visitor is the room's visitor. It is absent if the visitor was deleted.
	Visitor *SurveyVisitor `json:"visitor,omitempty"`

	// State is one of the survey states. Reason says why a survey was skipped.
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Scheduled means that the rules wanted the visitor to be surveyed when the room was
	// closed.
	Scheduled bool `json:"scheduled,omitempty"`
	// DueAt is the time at which the sender next processes the survey. It is absent if no
	// processing is due.
	DueAt Time `json:"dueAt,omitempty"`
	// ExpiresAt is the time from which the visitor can no longer be surveyed or answer by
	// a link.
	ExpiresAt Time `json:"expiresAt,omitempty"`
	// Claim is the lease of a running delivery, whose outcome is not known yet.
	Claim *Claim `json:"claim,omitempty"`
	// Attempts counts the failed deliveries since the last successful one.
	Attempts int `json:"attempts,omitempty"`
	// Refusals counts the consecutive deliveries that the provider refused as busy.
	Refusals  int    `json:"refusals,omitempty"`
	LastError string `json:"lastError,omitempty"`
	// Links holds the hashes of the codes in messages that were, or may have been, sent.
	Links []string `json:"links,omitempty"`

	// Channel is the channel by which the visitor was surveyed.
	Channel    string `json:"channel,omitempty"`
	SentAt     Time   `json:"sentAt,omitempty"`
	RemindedAt Time   `json:"remindedAt,omitempty"`

	// Ratings holds the answers that are not free text.
	Ratings    Answers `json:"ratings,omitempty"`
	AnsweredAt Time    `json:"answeredAt,omitempty"`
	// AnsweredBy is the channel of the first answer.
	AnsweredBy string `json:"answeredBy,omitempty"`
	// Texts names the questions answered in free text. The Comment holds the texts.
	Texts []string `json:"texts,omitempty"`
	// Questionnaire is the ID of the answered questionnaire. It is absent if the wire
	// format's own questions were answered.
	Questionnaire string `json:"questionnaire,omitempty"`

	// Version counts the survey's changes, as Room.Version does.
	Version int `json:"-"`
}

// SurveyAgent holds the agent's id and username at the time when the room was closed.
type SurveyAgent struct {
	ID       string `json:"_id"`
	Username string `json:"username"`
}

// SurveyVisitor is the visitor who gets a survey.
type SurveyVisitor struct {
	ID    string `json:"_id"`
	Token string `json:"token"`
}

// Claim is a sender's lease on the delivery of one message. An expired claim means that
// its sender died.
type Claim struct {
	Kind  string `json:"kind"`
	At    Time   `json:"at"`
	Until Time   `json:"until"`
}

// The kinds of survey messages.
const (
	Invitation = "invitation"
	Reminder   = "reminder"
)

// The states of a survey. Scheduled and sent surveys need further processing. The other
// states are final, except that a survey in any state accepts answers.
const (
	SurveyScheduled = "scheduled"
	SurveySent      = "sent"
	SurveyAnswered  = "answered"
	// SurveyExpired means that the survey was sent but not answered in time.
	SurveyExpired = "expired"
	// SurveySkipped means that the survey was not sent. Reason says why.
	SurveySkipped = "skipped"
	// SurveyFailed means that the survey could not be delivered. It is a dead letter
	// until an operator retries it.
	SurveyFailed = "failed"
)

// The reasons for which a survey was not sent.
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
	// SkipNoConsent means that the visitor has not agreed to be surveyed, or has
	// withdrawn their consent.
	SkipNoConsent = "no-consent"
	// SkipUndeliverable means that a mail to the address bounced permanently.
	SkipUndeliverable = "undeliverable"
)

// SkipReasons lists all reasons.
var SkipReasons = []string{
	SkipDisabled, SkipSampledOut, SkipNotServed, SkipNotAnswered, SkipCameBack, SkipNoAddress, SkipNoSender,
	SkipUnsubscribed, SkipTooSoon, SkipTooLate, SkipVisitorDeleted, SkipNoConsent, SkipUndeliverable,
}

// Final reports whether the survey needs no more processing.
func (s Survey) Final() bool { return s.State != SurveyScheduled && s.State != SurveySent }

// Skip returns the survey as skipped for the reason.
func (s Survey) Skip(reason string) Survey {
	s.State, s.Reason = SurveySkipped, reason
	s.DueAt, s.Claim = 0, nil
	return s
}

// Answer returns the survey with the answers of an accepted call. all holds all answers
// of the room after that call.
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
		// An answer by a link proves that the message was delivered, even if the sender
		// died before recording the delivery.
		s.SentAt = s.Claim.At
	}
	s.State, s.Reason = SurveyAnswered, ""
	s.DueAt, s.Claim = 0, nil
	return s
}

// Forget returns the survey without the visitor's identity, texts and links. The score
// stays.
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

// Comment is a visitor's free texts with their ratings, which reports show to people.
type Comment struct {
	RoomID     string `json:"rid"`
	ClosedAt   Time   `json:"closedAt"`
	AnsweredAt Time   `json:"answeredAt"`
	Department string `json:"department,omitempty"`
	// Agent is a username.
	Agent   string  `json:"agent,omitempty"`
	Channel string  `json:"channel,omitempty"`
	Ratings Answers `json:"ratings,omitempty"`
	// Texts holds the free texts, by question.
	Texts Answers `json:"texts"`
}

// Comment returns the visitor's free texts, or nil if the visitor wrote none.
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

// Recipient holds the data that the rules check, in addition to the survey, before a
// visitor is surveyed.
type Recipient struct {
	// Visitor is nil if the visitor was deleted.
	Visitor *Visitor
	// HasOpenRoom means that the visitor came back and has an open room.
	HasOpenRoom bool
	// LastAsked records the visitor's last survey.
	LastAsked Asked
	// NoMailReason is the skip reason if the visitor's address gets no surveys, else empty.
	NoMailReason string
}

// Asked records when a visitor was last surveyed, and about which room.
type Asked struct {
	RoomID string `json:"rid"`
	At     Time   `json:"at"`
}

// ErrAskedTooSoon means that this visitor, or another visitor with the same mail address,
// was surveyed about another room recently.
var ErrAskedTooSoon = errors.New("the visitor was surveyed recently")

// DueCursor marks the start of the next page of due surveys. It is nil for the first
// page, and after the last page. Only the store interprets it.
type DueCursor any
