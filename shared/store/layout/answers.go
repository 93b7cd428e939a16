package layout

import (
	"slices"
	"unicode/utf8"

	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// maxAnswerInRoom limits the bytes of an answer in a room's item. A longer answer is
// stored in full in a separate item, because every message rewrites the room's item.
const maxAnswerInRoom = 256

// LongAnswersKey returns the key of the item that holds the room's long answers in full.
// It sorts after the entries of the answer history.
func LongAnswersKey(rid string) table.Key {
	return table.Key{PK: AnswersPartition(rid), SK: "LONG"}
}

// cutAnswers returns the answers as the room's item holds them, and the names of the
// truncated answers.
func cutAnswers(r livechat.Room) (livechat.Answers, []string) {
	if len(r.SurveyFeedback) == 0 {
		return nil, nil
	}
	var long []string
	kept := livechat.Answers{}
	for name, value := range r.SurveyFeedback {
		if len(value) > maxAnswerInRoom {
			end := maxAnswerInRoom
			for !utf8.RuneStart(value[end]) {
				end--
			}
			value = value[:end]
			long = append(long, name)
		} else if slices.Contains(r.LongAnswers, name) {
			long = append(long, name)
		}
		kept[name] = value
	}
	slices.Sort(long)
	return kept, long
}

// longAnswers returns the answers that the room's item holds only in part.
func longAnswers(r livechat.Room) livechat.Answers {
	long := livechat.Answers{}
	for name, value := range r.SurveyFeedback {
		if len(value) > maxAnswerInRoom {
			long[name] = value
		}
	}
	return long
}

// LongAnswersWrites returns the writes that store the long answers of a room whose
// answers changed.
func LongAnswersWrites(was, next livechat.Room) ([]table.Write, error) {
	key, long := LongAnswersKey(next.ID), longAnswers(next)
	if len(long) > 0 {
		item, err := table.NewItem(key, struct {
			Answers livechat.Answers `json:"answers"`
		}{long}, nil)
		return []table.Write{{Put: item}}, err
	}
	if len(longAnswers(was)) > 0 {
		return []table.Write{{Delete: &key}}, nil
	}
	return nil, nil
}

// WithLongAnswers returns the room with the full answers from the item under
// LongAnswersKey.
func WithLongAnswers(r livechat.Room, item table.Item) (livechat.Room, error) {
	var kept struct {
		Answers livechat.Answers `json:"answers"`
	}
	if err := item.Decode(&kept); err != nil {
		return r, err
	}
	whole := livechat.Answers{}
	for name, value := range r.SurveyFeedback {
		whole[name] = value
		if slices.Contains(r.LongAnswers, name) && kept.Answers[name] != "" {
			whole[name] = kept.Answers[name]
		}
	}
	r.SurveyFeedback, r.LongAnswers = whole, nil
	return r, nil
}
