package settings

import "fmt"

// Retention says for how many days each kind of data is kept. 0 means forever.
type Retention struct {
	RoomDays    int
	VisitorDays int
	AnswerDays  int
	AuditDays   int
	SurveyDays  int
}

// maxDays is a hundred years.
const maxDays = 36_500

// fewestSurveyDays is the lowest value of retainSurveyDays except 0. By that age, a
// survey no longer waits for an answer, and the figures of its day are final.
const fewestSurveyDays = 100

var retentionSettings = erasing([]Setting{
	number(
		"retainRoomDays",
		0,
		0,
		maxDays,
		"Days after its closing until which a room is kept, with its messages, answers, comment and links; 0 for "+
			"no limit. The facts and the score of its survey stay.",
		func(s *Settings) *int { return &s.Retention.RoomDays },
	),
	number("retainVisitorDays", 0, 0, maxDays,
		"Days after the last change of their profile until which a visitor without rooms is kept; 0 for no limit.",
		func(s *Settings) *int { return &s.Retention.VisitorDays }),
	number(
		"retainAnswerDays",
		0,
		0,
		maxDays,
		"Days for which the history of survey answers and all free-text answers are kept; 0 for no limit. Ratings "+
			"stay with the room and its survey.",
		func(s *Settings) *int { return &s.Retention.AnswerDays },
	),
	number("retainAuditDays", 0, 0, maxDays,
		"Days for which audit entries are kept; 0 for no limit.",
		func(s *Settings) *int { return &s.Retention.AuditDays }),
	{
		Name: "retainSurveyDays", Type: fmt.Sprintf("0, or %d to %d", fewestSurveyDays, maxDays), Default: "0",
		Description: "Days after the closing for which a room's survey is kept: facts, score and comment; 0 for " +
			"no limit. The figures of past days stay.",
		read: func(s *Settings, value string) error {
			days := number("", 0, 0, maxDays, "", func(s *Settings) *int { return &s.Retention.SurveyDays })
			if err := days.read(s, value); err != nil {
				return err
			}
			if n := s.Retention.SurveyDays; n > 0 && n < fewestSurveyDays {
				return fmt.Errorf("%d is too few: surveys can be answered, and are counted, until day %d", n, fewestSurveyDays)
			}
			return nil
		},
	},
})

// erasing adds to each setting the warning that a change erases data.
func erasing(settings []Setting) []Setting {
	for i := range settings {
		settings[i].Warning = "from the next night on, older data is permanently erased"
	}
	return settings
}
