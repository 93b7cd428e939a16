package livechat

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"livechat/shared/validate"
)

// Questionnaire is a list of questions that visitors are asked after a chat, in one
// language, by one department or by all departments. Every change creates a new version.
// Answers name the version that was answered.
type Questionnaire struct {
	// Department is a department's id. If it is empty, the questionnaire is for all
	// departments without their own questionnaire.
	Department string `json:"department,omitempty"`
	// Language is one of Languages.
	Language  string     `json:"language"`
	Version   int        `json:"version"`
	CreatedAt Time       `json:"createdAt,omitempty"`
	Questions []Question `json:"questions"`
}

// Question is one question of a questionnaire. Visitors are asked the questions in the
// questionnaire's order.
type Question struct {
	// Name is the key of the answer. If the wire format has a question with the name, the
	// answers are the wire format's values.
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Label    string   `json:"label"`
	Required bool     `json:"required,omitempty"`
	Options  []Option `json:"options,omitempty"`
}

// Option is one possible answer to a question of TypeChoice.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// The types of questions.
const (
	// TypeStars is answered with 1 to 5.
	TypeStars = "stars"
	// TypeScale is answered with 0 to 10.
	TypeScale = "scale"
	// TypeChoice is answered with the value of one of its options.
	TypeChoice = "choice"
	// TypeText is answered with any text.
	TypeText = "text"
)

// Limits of questionnaires.
const (
	MaxQuestions = 20
	MaxOptions   = 20
	// MaxLabel is in characters.
	MaxLabel = 500
	// MaxAnswer is the longest free-text answer, in characters.
	MaxAnswer = 5000
)

// ID identifies the questionnaire and its version: department/language/version.
func (q Questionnaire) ID() string {
	return q.Department + "/" + q.Language + "/" + strconv.Itoa(q.Version)
}

// ReadQuestions parses a JSON list of questions. Its errors say which question is wrong,
// and why.
func ReadQuestions(text []byte) ([]Question, error) {
	questions, err := validate.ReadList[Question](string(text), "questions")
	if err != nil {
		return nil, err
	}
	if len(questions) == 0 || len(questions) > MaxQuestions {
		return nil, fmt.Errorf("a questionnaire has 1 to %d questions, not %d", MaxQuestions, len(questions))
	}
	seen := map[string]bool{}
	for i, q := range questions {
		if err := q.check(); err != nil {
			return nil, fmt.Errorf("question %d: %w", i+1, err)
		}
		if seen[q.Name] {
			return nil, fmt.Errorf("question %d: another question has the name %q, too", i+1, q.Name)
		}
		seen[q.Name] = true
	}
	return questions, nil
}

var questionName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)
})

func (q Question) check() error {
	switch {
	case !questionName().MatchString(q.Name):
		return fmt.Errorf("the name %q must be a letter and up to 63 letters, digits, _ and -", q.Name)
	case q.Label == "" || !validate.Text(q.Label, MaxLabel):
		return fmt.Errorf("%s: the label must have 1 to %d characters", q.Name, MaxLabel)
	case slices.Contains(RatedQuestions, q.Name) && q.Type != TypeStars:
		return fmt.Errorf("%s is answered with 1 to 5 on the wire: its type must be %s", q.Name, TypeStars)
	case q.Name == AdditionalFeedback && q.Type != TypeText:
		return fmt.Errorf("%s is a text on the wire: its type must be %s", q.Name, TypeText)
	}
	switch q.Type {
	case TypeStars, TypeScale, TypeText:
		if len(q.Options) > 0 {
			return fmt.Errorf("%s: only a question of type %s has options", q.Name, TypeChoice)
		}
		return nil
	case TypeChoice:
		return q.checkOptions()
	default:
		return fmt.Errorf("%s: the type %q is not %s, %s, %s or %s", q.Name, q.Type, TypeStars, TypeScale, TypeChoice, TypeText)
	}
}

func (q Question) checkOptions() error {
	if len(q.Options) < 2 || len(q.Options) > MaxOptions {
		return fmt.Errorf("%s: a choice has 2 to %d options, not %d", q.Name, MaxOptions, len(q.Options))
	}
	seen := map[string]bool{}
	for _, o := range q.Options {
		if !questionName().MatchString(o.Value) || seen[o.Value] {
			return fmt.Errorf(
				"%s: the option's value %q must be a letter and up to 63 letters, digits, _ and -, and differ from the other options' values",
				q.Name,
				o.Value,
			)
		}
		if o.Label == "" || !validate.Text(o.Label, MaxLabel) {
			return fmt.Errorf("%s: the label of %s must have 1 to %d characters", q.Name, o.Value, MaxLabel)
		}
		seen[o.Value] = true
	}
	return nil
}

// The errors of an answer.
var (
	ErrAnswerMissing = errors.New("an answer is missing")
	ErrAnswerInvalid = errors.New("the answer is not one of the possible answers")
	ErrAnswerTooLong = errors.New("the answer is too long")
)

// Check returns the valid answers, and an error for each question whose answer is missing
// or invalid. It drops values for unknown questions.
func (q Questionnaire) Check(given Answers) (answers Answers, wrong map[string]error) {
	answers, wrong = Answers{}, map[string]error{}
	for _, question := range q.Questions {
		value := given[question.Name]
		if question.Type == TypeText {
			value = strings.TrimSpace(value)
		}
		switch err := question.accept(value); {
		case err != nil:
			wrong[question.Name] = err
		case value != "":
			answers[question.Name] = value
		}
	}
	return answers, wrong
}

func (q Question) accept(value string) error {
	if value == "" {
		if q.Required {
			return ErrAnswerMissing
		}
		return nil
	}
	switch q.Type {
	case TypeText:
		if !validate.Text(value, MaxAnswer) {
			return ErrAnswerTooLong
		}
		return nil
	case TypeStars:
		if IsRating(value) {
			return nil
		}
	case TypeScale:
		if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= 10 && strconv.Itoa(n) == value {
			return nil
		}
	case TypeChoice:
		for _, o := range q.Options {
			if o.Value == value {
				return nil
			}
		}
	}
	return ErrAnswerInvalid
}
