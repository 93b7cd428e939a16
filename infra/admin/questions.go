package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"livechat/shared/livechat"
	"livechat/shared/store"
)

type questionsCommands struct {
	List     questionsList     `cmd:"" help:"List all questionnaires, with their versions."`
	Show     questionsShow     `cmd:"" help:"Print the questions of one version as JSON."`
	Set      questionsSet      `cmd:"" help:"Ask visitors the questions in a file."`
	Withdraw questionsWithdraw `cmd:"" help:"Go back to asking visitors the default questions."`
}

// inLanguage holds the flags that select a questionnaire.
type inLanguage struct {
	Language string `required:"" enum:"en,de,fr,es,pt" help:"One of en, de, fr, es, pt."`
	forDepartment
}

type questionsList struct{}

func (questionsList) Help() string {
	return `Visitors get the newest version of each questionnaire. Each answer records the
version that it belongs to.

Example:

    admin survey questions list`
}

func (questionsList) Run(ctx context.Context, s *store.Store, out *output) error {
	departments, err := s.Departments(ctx)
	if err != nil {
		return err
	}
	type row struct {
		ID        string        `json:"id"`
		Questions int           `json:"questions"`
		CreatedAt livechat.Time `json:"createdAt"`
	}
	var rows []row
	for _, department := range append([]livechat.Department{{}}, departments...) {
		all, err := s.Questionnaires(ctx, department.ID)
		if err != nil {
			return err
		}
		for _, q := range all {
			rows = append(rows, row{q.ID(), len(q.Questions), q.CreatedAt})
		}
	}
	return list(out, rows, []string{"DEPARTMENT/LANGUAGE/VERSION", "QUESTIONS", "SET"}, func(r row) []string {
		return []string{r.ID, strconv.Itoa(r.Questions), r.CreatedAt.String()}
	})
}

type questionsShow struct {
	ID string `arg:"" help:"The questionnaire's id as \"admin survey questions list\" shows it, for example /en/1."`
}

func (questionsShow) Help() string {
	return `Prints the questions in the format that "admin survey questions set" reads.

Example:

    admin survey questions show /en/1 > questions.json`
}

func (c questionsShow) Run(ctx context.Context, s *store.Store, out *output) error {
	q, found, err := s.QuestionnaireByID(ctx, c.ID)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("there is no questionnaire %q: `admin survey questions list` shows all questionnaires", c.ID)
	}
	text, err := json.MarshalIndent(q.Questions, "", "  ")
	if err != nil {
		return err
	}
	return out.result(q.Questions, string(text))
}

type questionsSet struct {
	File string `arg:"" help:"JSON file with a list of questions."`
	inLanguage
}

func (questionsSet) Help() string {
	return `The file is a list of 1 to 20 questions, in the order in which they are asked:

    [{"name":"recommend","type":"scale","label":"Would you recommend us?","required":true},
     {"name":"reason","type":"choice","label":"Why?","options":[{"value":"price","label":"The price"},{"value":"help","label":"The help"}]},
     {"name":"satisfaction","type":"stars","label":"How satisfied were you?"},
     {"name":"additionalFeedback","type":"text","label":"Anything else?"}]

Types: stars (1 to 5), scale (0 to 10), choice, text. The API defines the names satisfaction,
agentKnowledge, agentResposiveness, agentFriendliness (stars) and additionalFeedback (text). The
report computes CSAT from satisfaction.

Example:

    admin survey questions set questions.json --language en --department Sales`
}

func (c questionsSet) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	questions, err := livechat.ReadQuestions(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	q, err := c.add(ctx, s, clock.now(), questions)
	if err != nil {
		return err
	}
	return out.result(map[string]any{"id": q.ID(), "questions": len(questions)},
		fmt.Sprintf("visitors get the %s of questionnaire %s from now on", pluralize(len(questions), "question"), q.ID()))
}

type questionsWithdraw struct{ inLanguage }

func (questionsWithdraw) Help() string {
	return `Adds a version without questions. Visitors then get the questionnaire for all
departments or, if there is none, the default questions.

Example:

    admin survey questions withdraw --language en --department Sales`
}

func (c questionsWithdraw) Run(ctx context.Context, s *store.Store, clock clock, out *output) error {
	q, err := c.add(ctx, s, clock.now(), nil)
	if err != nil {
		return err
	}
	instead := "the default questions"
	if c.Department != "" {
		instead = "the questions for all departments, or the default questions,"
	}
	return out.result(map[string]any{"id": q.ID(), "questions": 0},
		fmt.Sprintf("the questionnaire is withdrawn: visitors get %s from now on", instead))
}

// add stores the next version of the questionnaire.
func (c inLanguage) add(ctx context.Context, s *store.Store, now livechat.Time, questions []livechat.Question) (livechat.Questionnaire, error) {
	department, err := c.id(ctx, s)
	if err != nil {
		return livechat.Questionnaire{}, err
	}
	return s.AddQuestionnaire(ctx, livechat.Questionnaire{
		Department: department, Language: c.Language, CreatedAt: now, Questions: questions,
	})
}
