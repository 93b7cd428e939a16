package surveys

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"livechat/shared/livechat"
	"livechat/shared/store/layout"
	"livechat/shared/store/table"
)

// AddQuestionnaire adds the questionnaire as the newest version of its department and
// language, and returns it with its version. It keeps older versions, because stored
// answers refer to them.
func (s *Records) AddQuestionnaire(ctx context.Context, q livechat.Questionnaire) (livechat.Questionnaire, error) {
	err := table.RetryConflicts(ctx, func() error {
		newest, _, err := s.newestQuestionnaire(ctx, q.Department, q.Language)
		if err != nil {
			return err
		}
		q.Version = newest.Version + 1
		item, err := table.NewItem(layout.QuestionnaireKey(q), q, nil)
		if err != nil {
			return err
		}
		return table.AsConflict(s.table.Put(ctx, item, layout.IfAbsent, nil))
	})
	if err != nil {
		return livechat.Questionnaire{}, fmt.Errorf("add questionnaire: %w", err)
	}
	return q, nil
}

// Questionnaires returns all versions of the department's questionnaires, sorted by
// language and version. If department is empty, it returns the questionnaires for all
// departments.
func (s *Records) Questionnaires(ctx context.Context, department string) ([]livechat.Questionnaire, error) {
	items, err := s.table.Query(ctx, table.Partition{PK: layout.QuestionnairesPartition(department)})
	if err != nil {
		return nil, fmt.Errorf("questionnaires: %w", err)
	}
	return table.DecodeAll[livechat.Questionnaire](items)
}

// Questionnaire returns the department's newest questionnaire in the first language that
// has one. If the department has none in any of the languages, it does the same with the
// questionnaires for all departments. It returns false if it finds no questionnaire. A
// withdrawn questionnaire counts as missing.
func (s *Records) Questionnaire(ctx context.Context, department string, languages ...string) (livechat.Questionnaire, bool, error) {
	for _, of := range slices.Compact([]string{department, ""}) {
		for _, language := range languages {
			q, found, err := s.newestQuestionnaire(ctx, of, language)
			if err != nil || found {
				return q, found, err
			}
		}
	}
	return livechat.Questionnaire{}, false, nil
}

// newestQuestionnaire returns the newest version, and reports whether it has questions. A
// version without questions withdraws the versions before it.
func (s *Records) newestQuestionnaire(ctx context.Context, department, language string) (livechat.Questionnaire, bool, error) {
	page, err := s.table.QueryLatest(ctx, layout.AllBelow(layout.QuestionnairesPartition(department), language+"/"), 1, nil)
	if err != nil || len(page.Items) == 0 {
		return livechat.Questionnaire{}, false, err
	}
	var q livechat.Questionnaire
	err = page.Items[0].Decode(&q)
	return q, len(q.Questions) > 0, err
}

// QuestionnaireByID returns one version of a questionnaire. It returns false if the
// version does not exist.
func (s *Records) QuestionnaireByID(ctx context.Context, id string) (livechat.Questionnaire, bool, error) {
	q, ok := parseQuestionnaireID(id)
	if !ok {
		return q, false, nil
	}
	item, err := s.table.Get(ctx, layout.QuestionnaireKey(q))
	if err != nil || item == nil {
		return q, false, err
	}
	return q, true, item.Decode(&q)
}

// parseQuestionnaireID is the inverse of Questionnaire.ID.
func parseQuestionnaireID(id string) (livechat.Questionnaire, bool) {
	var q livechat.Questionnaire
	rest, version, ok := cutLast(id)
	if !ok {
		return q, false
	}
	q.Department, q.Language, ok = cutLast(rest)
	n, err := strconv.Atoi(version)
	q.Version = n
	return q, ok && err == nil && n > 0 && n <= 999_999 && q.ID() == id &&
		livechat.CanBeID(q.Language) && len(q.Department) <= livechat.MaxID*4
}

// cutLast cuts id at its last slash, because a department's id may contain slashes.
func cutLast(id string) (before, after string, found bool) {
	at := strings.LastIndex(id, "/")
	if at < 0 {
		return "", "", false
	}
	return id[:at], id[at+1:], true
}
