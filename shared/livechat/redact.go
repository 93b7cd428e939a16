package livechat

import (
	"maps"
	"slices"
)

// WithoutTexts returns the room and its survey without the free-text answers that the
// visitor has not given again since before, according to the history. Ratings stay. s may
// be nil.
func (r Room) WithoutTexts(s *Survey, history []AnswerEntry, before Time) (Room, *Survey) {
	texts := []string{AdditionalFeedback}
	given := Answers{}
	for _, e := range history {
		texts = append(texts, e.Texts...)
		if e.Ts >= before {
			maps.Copy(given, e.Items)
		}
	}
	if s != nil {
		texts = append(texts, s.Texts...)
	}
	old := func(name string) bool {
		_, again := given[name]
		return slices.Contains(texts, name) && !again
	}
	r.SurveyFeedback = maps.Clone(r.SurveyFeedback)
	maps.DeleteFunc(r.SurveyFeedback, func(name, _ string) bool { return old(name) })
	if s != nil {
		without := *s
		without.Texts = slices.DeleteFunc(slices.Clone(s.Texts), old)
		s = &without
	}
	return r, s
}
