package livechat

import (
	"maps"
	"slices"
)

// Answers is what a visitor said of a conversation, by question.
type Answers map[string]string

// Answer is one answer as it was sent.
type Answer struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// AdditionalFeedback is the one question that is answered in free text.
const AdditionalFeedback = "additionalFeedback"

// RatedQuestions are those that are answered with one of the Ratings. The wire
// spells responsiveness as it is spelt here.
var RatedQuestions = []string{"satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness"}

// Ratings are the answers to RatedQuestions.
var Ratings = []string{"1", "2", "3", "4", "5"}

// Usable returns the items that answer a question; other items are dropped,
// and of two for one question the last wins.
func Usable(items []Answer) Answers {
	usable := Answers{}
	for _, i := range items {
		if i.Name == AdditionalFeedback || slices.Contains(RatedQuestions, i.Name) && IsRating(i.Value) {
			usable[i.Name] = i.Value
		}
	}
	return usable
}

// IsRating reports whether the value is one of "1" to "5".
func IsRating(value string) bool {
	return slices.Contains(Ratings, value)
}

// Answer returns the room with the given answers: merged into those it has, or
// in their place where replace is set.
func (r Room) Answer(given Answers, replace bool, now Time) Room {
	answers := Answers{}
	if !replace {
		maps.Copy(answers, r.SurveyFeedback)
	}
	maps.Copy(answers, given)
	r.SurveyFeedback = answers
	r.UpdatedAt = max(r.UpdatedAt, now)
	return r
}

// CountAnswer returns the room with one answer more counted. It fails with
// [OverLimit].
func (r Room) CountAnswer(given Answers, settings Settings, now Time) (Room, error) {
	bytes := 0
	for name, value := range given {
		bytes += len(name) + len(value)
	}
	var err error
	r.Usage, err = r.Usage.Add(SurveysPerRoom, settings, bytes, now)
	return r, err
}

// AnswerEntry is one accepted survey call in a room's answer history, which
// keeps what later answers overwrite.
type AnswerEntry struct {
	ID     string  `json:"_id"`
	RoomID string  `json:"rid"`
	Ts     Time    `json:"ts"`
	Items  Answers `json:"items"`
	// Channel is how the answers came in.
	Channel string `json:"channel"`
	// Questionnaire names the questions, with their version, that were
	// answered; absent for the wire's own.
	Questionnaire string `json:"questionnaire,omitempty"`
	// Texts are those of its questions that are answered in free text;
	// AdditionalFeedback always is.
	Texts []string `json:"texts,omitempty"`
}

// How a visitor is asked, and answers come in.
const (
	// ChannelAPI marks answers sent by POST livechat/room.survey.
	ChannelAPI     = "api"
	ChannelEmail   = "email"
	ChannelWebhook = "webhook"
)
