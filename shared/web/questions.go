package web

import "livechat/shared/livechat"

// standardQuestions returns the wire format's own questions, for departments without a
// questionnaire.
func standardQuestions(language string) livechat.Questionnaire {
	t := textsOf(language)
	star := func(name, label string) livechat.Question {
		return livechat.Question{Name: name, Type: livechat.TypeStars, Label: label}
	}
	return livechat.Questionnaire{Language: language, Questions: []livechat.Question{
		star("satisfaction", t["satisfaction"]),
		star("agentKnowledge", t["agentKnowledge"]),
		star("agentResposiveness", t["agentResponsiveness"]), // spelled like this on the wire
		star("agentFriendliness", t["agentFriendliness"]),
		{Name: livechat.AdditionalFeedback, Type: livechat.TypeText, Label: t["additionalFeedback"]},
	}}
}
