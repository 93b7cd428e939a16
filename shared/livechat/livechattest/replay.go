// Package livechattest computes a conversation's figures by the wire format's rules in
// the simplest way. Tests compare its results with those of package livechat.
package livechattest

import "livechat/shared/livechat"

// Replay returns the room with its figures computed from messages, which must be in
// order. room must have the state that it had when it was opened or taken.
func Replay(room livechat.Room, messages []livechat.Message) livechat.Room {
	const none = livechat.Time(-1)
	lastQuestion, lastReply := none, none
	var reaction, response float64
	var firstAt livechat.Time
	var firstReaction, firstResponse float64
	answers := 0

	room.MessageCount, room.LastMessage, room.Metrics, room.ResponseBy = 0, nil, nil, nil
	room.WaitingResponse = true
	for _, m := range messages {
		if m.Type != "" {
			continue
		}
		room.MessageCount++
		room.LastActivityAt = m.Ts
		room.LastMessage = &m
		orBeginning := func(t livechat.Time) livechat.Time {
			if t == none {
				return room.OpenedAt
			}
			return t
		}
		waited := float64(m.Ts-orBeginning(lastQuestion)) / 1000
		if m.Token != "" {
			room.Visitor.LastMessageTs = m.Ts
			if !room.WaitingResponse {
				room.WaitingResponse = true
				room.ResponseBy = nil
			}
			if lastQuestion == none || orBeginning(lastReply) >= lastQuestion {
				lastQuestion = m.Ts
			}
			continue
		}
		if room.WaitingResponse {
			room.WaitingResponse = false
			room.ResponseBy = &livechat.ResponseBy{ID: m.User.ID, Username: m.User.Username, FirstResponseTs: m.Ts}
		}
		room.ResponseBy.LastMessageTs = m.Ts
		unanswered := orBeginning(lastQuestion) > orBeginning(lastReply)
		switch {
		case answers == 0:
			answers, firstAt = 1, m.Ts
			firstReaction, firstResponse = float64(m.Ts-room.ServedBy.Ts)/1000, waited
			reaction, response = firstReaction, firstResponse
		case unanswered:
			answers++
			reaction += waited
			response += waited
		}
		if unanswered {
			lastReply = m.Ts
		}
	}
	if lastQuestion == none && answers == 0 {
		return room
	}
	room.Metrics = &livechat.Metrics{}
	if lastQuestion != none {
		room.Metrics.Visitor = &livechat.VisitorMetrics{LastQuestion: lastQuestion}
	}
	if lastReply != none {
		room.Metrics.ServedBy = &livechat.AgentMetrics{LastReply: lastReply}
	}
	if answers > 0 {
		room.Metrics.Reaction = &livechat.Reaction{FirstAt: firstAt, FirstTime: firstReaction, TotalTime: reaction}
		room.Metrics.Response = &livechat.Response{
			FirstAt: firstAt, FirstTime: firstResponse, Total: answers, TotalTime: response, Average: response / float64(answers),
		}
	}
	return room
}
