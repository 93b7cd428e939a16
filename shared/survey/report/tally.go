package report

import "livechat/shared/livechat"

// Tally counts surveys.
type Tally struct {
	// Closed counts the rooms and their surveys. A survey is in one state: waiting, sent
	// and waiting for an answer, answered, expired, skipped or failed.
	Closed int `json:"closed"`
	// Scheduled counts the surveys that the rules scheduled at closing.
	Scheduled int `json:"scheduled,omitempty"`
	// Waiting counts the surveys that are to be sent.
	Waiting  int            `json:"waiting,omitempty"`
	Sent     int            `json:"sent,omitempty"`
	Answered int            `json:"answered,omitempty"`
	Expired  int            `json:"expired,omitempty"`
	Failed   int            `json:"failed,omitempty"`
	Skipped  map[string]int `json:"skipped,omitempty"`
	// Ratings counts answers by question and value.
	Ratings map[string]map[string]int `json:"ratings,omitempty"`
}

// Add counts one survey.
func (t *Tally) Add(s livechat.Survey) {
	t.Closed++
	if s.Scheduled {
		t.Scheduled++
	}
	if s.SentAt != 0 {
		t.Sent++
	}
	switch s.State {
	case livechat.SurveyScheduled:
		t.Waiting++
	case livechat.SurveyAnswered:
		t.Answered++
	case livechat.SurveyExpired:
		t.Expired++
	case livechat.SurveyFailed:
		t.Failed++
	case livechat.SurveySkipped:
		count(&t.Skipped, s.Reason, 1)
	}
	for question, value := range s.Ratings {
		t.rate(question, value, 1)
	}
}

// Merge adds another tally.
func (t *Tally) Merge(o Tally) {
	t.Closed += o.Closed
	t.Scheduled += o.Scheduled
	t.Waiting += o.Waiting
	t.Sent += o.Sent
	t.Answered += o.Answered
	t.Expired += o.Expired
	t.Failed += o.Failed
	for reason, n := range o.Skipped {
		count(&t.Skipped, reason, n)
	}
	for question, values := range o.Ratings {
		for value, n := range values {
			t.rate(question, value, n)
		}
	}
}

func (t *Tally) rate(question, value string, n int) {
	if t.Ratings == nil {
		t.Ratings = map[string]map[string]int{}
	}
	values := t.Ratings[question]
	count(&values, value, n)
	t.Ratings[question] = values
}

func count(counts *map[string]int, key string, n int) {
	if *counts == nil {
		*counts = map[string]int{}
	}
	(*counts)[key] += n
}

// Sends counts sent surveys, and how many of them were answered.
type Sends struct {
	Sent     int `json:"sent"`
	Answered int `json:"answered"`
}

func (s *Sends) merge(o Sends) {
	s.Sent += o.Sent
	s.Answered += o.Answered
}

// Who identifies the group in which a survey is counted.
type Who struct {
	// Agent is the agent's id. AgentName is the agent's username when the room was
	// closed.
	Agent      string `json:"agent,omitempty"`
	AgentName  string `json:"agentName,omitempty"`
	Department string `json:"department,omitempty"`
	// Channel is the channel by which the survey was sent or, if it was not sent,
	// answered.
	Channel string `json:"channel,omitempty"`
}

func whoOf(s livechat.Survey) Who {
	w := Who{Department: s.Department}
	if s.Agent != nil {
		w.Agent, w.AgentName = s.Agent.ID, s.Agent.Username
	}
	switch {
	case s.SentAt != 0:
		w.Channel = s.Channel
	default:
		w.Channel = s.AnsweredBy
	}
	return w
}

// Day holds the figures of the rooms that were closed on one day.
type Day struct {
	Day string
	// At is the time at which the figures were computed.
	At livechat.Time
	// OpenUntil is the latest expiry of the day's surveys. After that time, the figures
	// rarely change.
	OpenUntil livechat.Time

	groups map[Who]*Tally
	sends  map[sending]*Sends
}

type sending struct {
	Day string
	Who Who
}

// NewDay returns a day without figures.
func NewDay(day string, at livechat.Time) *Day {
	return &Day{Day: day, At: at, groups: map[Who]*Tally{}, sends: map[sending]*Sends{}}
}

// Add counts one survey. dayOf returns the day of a time.
func (d *Day) Add(s livechat.Survey, dayOf func(livechat.Time) string) {
	who := whoOf(s)
	d.OpenUntil = max(d.OpenUntil, s.ExpiresAt)
	d.group(who).Add(s)
	if s.SentAt == 0 {
		return
	}
	sends := Sends{Sent: 1}
	if s.AnsweredAt >= s.SentAt {
		sends.Answered = 1
	}
	d.sent(sending{dayOf(s.SentAt), who}).merge(sends)
}

func (d *Day) group(who Who) *Tally {
	if d.groups[who] == nil {
		d.groups[who] = &Tally{}
	}
	return d.groups[who]
}

func (d *Day) sent(on sending) *Sends {
	if d.sends[on] == nil {
		d.sends[on] = &Sends{}
	}
	return d.sends[on]
}

// Part is a part of a Day that is small enough to be stored as one item.
type Part struct {
	Day       string        `json:"day"`
	At        livechat.Time `json:"at"`
	OpenUntil livechat.Time `json:"openUntil,omitempty"`
	Groups    []Group       `json:"groups"`
	Sends     []Sent        `json:"sends"`
}

// Group is the tally of one Who.
type Group struct {
	Who
	Tally
}

// Sent counts the surveys of one Who that were sent on a day.
type Sent struct {
	Day string `json:"day"`
	Who
	Sends
}

// groupsPerPart limits the groups in a part, so that a part always fits into a DynamoDB
// item of 400 KB.
const groupsPerPart = 200

// Parts splits the day into parts, at least one.
func (d *Day) Parts() []Part {
	var groups []Group
	for who, tally := range d.groups {
		groups = append(groups, Group{who, *tally})
	}
	var sends []Sent
	for on, n := range d.sends {
		sends = append(sends, Sent{on.Day, on.Who, *n})
	}
	var parts []Part
	for len(parts) == 0 || len(groups) > 0 || len(sends) > 0 {
		g, s := min(groupsPerPart, len(groups)), min(groupsPerPart, len(sends))
		parts = append(parts, Part{Day: d.Day, At: d.At, OpenUntil: d.OpenUntil, Groups: groups[:g], Sends: sends[:s]})
		groups, sends = groups[g:], sends[s:]
	}
	return parts
}
