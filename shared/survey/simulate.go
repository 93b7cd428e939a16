package survey

import (
	"cmp"
	"slices"
	"time"

	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// Simulated counts what the rules would have done for past rooms.
type Simulated struct {
	Rooms int `json:"rooms"`
	Sent  int `json:"sent"`
	// Channels counts the sent surveys by channel.
	Channels map[string]int `json:"channels"`
	Skipped  map[string]int `json:"skipped"`
}

// Simulate applies the rules to the facts of closed rooms, as if the rules had been in
// force. It uses the visitors' current addresses and unsubscriptions, because the earlier
// ones were not recorded.
func Simulate(current settings.Settings, surveys []livechat.Survey, recipients []livechat.Recipient) (Simulated, error) {
	out := Simulated{Rooms: len(surveys), Channels: map[string]int{}, Skipped: map[string]int{}}
	type due struct {
		survey    livechat.Survey
		recipient livechat.Recipient
		rules     Rules
	}
	var all []due
	book := newRuleBook(current)
	byVisitor := map[string][]livechat.Survey{}
	for i, s := range surveys {
		if s.Visitor != nil {
			byVisitor[s.Visitor.ID] = append(byVisitor[s.Visitor.ID], s)
		}
		rules, err := book.forDepartment(s.Department)
		if err != nil {
			return out, err
		}
		simulated := rules.AtClosing(roomOf(s))
		if simulated.State != livechat.SurveyScheduled {
			out.Skipped[simulated.Reason]++
			continue
		}
		all = append(all, due{simulated, recipients[i], rules})
	}
	slices.SortFunc(all, func(a, b due) int { return cmp.Compare(a.survey.DueAt, b.survey.DueAt) })
	lastAsked := map[string]livechat.Time{}
	for _, d := range all {
		id := ""
		if d.survey.Visitor != nil {
			id = d.survey.Visitor.ID
		}
		step, _ := d.rules.Next(d.survey, RuleInput{
			Visitor: d.recipient.Visitor, LastAsked: lastAsked[id], NoMailReason: d.recipient.NoMailReason, Delivery: current.Delivery,
			CameBack: d.rules.OnReturn == settings.OnReturnSkip && cameBack(d.survey, byVisitor[id]),
		}, d.survey.DueAt)
		if step.MessageKind == "" {
			out.Skipped[step.Survey.Reason]++
			continue
		}
		lastAsked[id] = d.survey.DueAt
		out.Sent++
		out.Channels[step.Channel]++
	}
	return out, nil
}

// roomOf reconstructs the room from the survey's facts.
func roomOf(s livechat.Survey) livechat.Room {
	room := livechat.Room{ID: s.RoomID, ClosedAt: s.ClosedAt, DepartmentID: s.Department, Closer: s.Closer}
	if s.Visitor != nil {
		room.Visitor = livechat.RoomVisitor{ID: s.Visitor.ID, Token: s.Visitor.Token}
	}
	if s.Agent != nil {
		room.ServedBy = &livechat.ServedBy{ID: s.Agent.ID, Username: s.Agent.Username}
	}
	if s.AgentAnswered {
		room.ResponseBy = &livechat.ResponseBy{}
	}
	return room
}

// cameBack reports whether another of the visitor's rooms was open when the survey was
// due.
func cameBack(s livechat.Survey, others []livechat.Survey) bool {
	return slices.ContainsFunc(others, func(o livechat.Survey) bool {
		opened := o.ClosedAt.Add(-time.Duration(o.ChatDuration * float64(time.Second)))
		return o.RoomID != s.RoomID && opened <= s.DueAt && o.ClosedAt > s.DueAt
	})
}
