package livechat

import (
	"maps"
	"slices"

	"livechat/shared/settings"
)

// Answers maps the name of a question to the visitor's answer.
type Answers map[string]string

// Answer is one answer of a request.
type Answer struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// AdditionalFeedback is the only question of the wire format with a free-text answer.
const AdditionalFeedback = "additionalFeedback"

// RatedQuestions are answered with one of Ratings. The misspelling of responsiveness is
// part of the wire format.
var RatedQuestions = []string{"satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness"}

// Ratings are the answers to RatedQuestions.
var Ratings = []string{"1", "2", "3", "4", "5"}

// Usable returns the valid answers to the wire format's questions and drops all other
// items. If several items answer one question, the last item wins.
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

// Answer returns the room with the given answers. If replace is set, they replace all
// earlier answers. Otherwise, they are merged into the earlier answers.
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

// CountAnswer returns the room with one more survey call counted. It fails with
// [RateLimitError].
func (r Room) CountAnswer(given Answers, settings settings.Settings, now Time) (Room, error) {
	bytes := 0
	for name, value := range given {
		bytes += len(name) + len(value)
	}
	var err error
	r.Usage, err = r.Usage.Add(SurveysPerRoom, settings, bytes, now)
	return r, err
}

// AnswerEntry is one accepted survey call in a room's answer history. The history keeps
// what later answers overwrite.
type AnswerEntry struct {
	ID     string  `json:"_id"`
	RoomID string  `json:"rid"`
	Ts     Time    `json:"ts"`
	Items  Answers `json:"items"`
	// Channel is one of the channels below.
	Channel string `json:"channel"`
	// Questionnaire is the ID of the answered questionnaire. It is absent if the wire
	// format's own questions were answered.
	Questionnaire string `json:"questionnaire,omitempty"`
	// Texts names the answered free-text questions of the questionnaire.
	// AdditionalFeedback is always free text.
	Texts []string `json:"texts,omitempty"`
}

// The channels by which visitors are surveyed and answers come in.
const (
	// ChannelAPI marks answers sent by POST livechat/room.survey.
	ChannelAPI     = "api"
	ChannelEmail   = settings.ChannelEmail
	ChannelWebhook = settings.ChannelWebhook
)
