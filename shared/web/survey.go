package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/telemetry"
)

// SurveyStore lists the store methods that the survey page uses.
type SurveyStore interface {
	Settings(ctx context.Context) (settings.Settings, error)
	// SurveyByLink returns the survey of the code with the hash, and the room's answers.
	// It fails with livechat.ErrUnknownLink.
	SurveyByLink(ctx context.Context, hash string) (livechat.Survey, livechat.Answers, error)
	// Questionnaire returns the department's newest questionnaire in the first language
	// that has one, else the newest questionnaire for all departments. It returns false
	// if neither exists.
	Questionnaire(ctx context.Context, department string, languages ...string) (livechat.Questionnaire, bool, error)
	// QuestionnaireByID returns one version of a questionnaire, or false if it does not
	// exist.
	QuestionnaireByID(ctx context.Context, id string) (livechat.Questionnaire, bool, error)
	// AnswerByLink applies answer to the room of the link. It fails with
	// livechat.ErrUnknownLink, or with answer's error.
	AnswerByLink(ctx context.Context, hash string,
		answer func(livechat.Room, livechat.Survey) (livechat.Room, livechat.AnswerEntry, error)) (livechat.Room, error)
	// Unsubscribe stops surveys to the address that the link was sent to.
	Unsubscribe(ctx context.Context, hash string, now livechat.Time) error
}

// errExpired is the error of an expired link.
var errExpired = errors.New("the link has expired")

// SurveyLink answers GET and POST /s/{code}. GET shows the form and records nothing,
// because mail scanners open every link. newID returns the id of an accepted answer's
// entry.
func SurveyLink(surveys SurveyStore, newID func() string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{surveys: surveys, newID: newID, r: r, code: r.PathValue("code")}
		v.language = language(r, settings.Languages[0])
		status, page, err := v.answer(w)
		if err != nil {
			status, page = v.failed(w, err)
		}
		if page == "" {
			return // answered with a redirect
		}
		v.show(w, status, page)
	})
}

// visit is one request for a survey page.
type visit struct {
	surveys  SurveyStore
	newID    func() string
	r        *http.Request
	code     string
	language string

	settings settings.Settings
	survey   livechat.Survey
	// The form's content.
	questions livechat.Questionnaire
	given     livechat.Answers
	wrong     map[string]error
	empty     bool
}

// language returns the language in the query, else the browser's preferred language, else
// standard.
func language(r *http.Request, standard string) string {
	if asked := r.URL.Query().Get("lang"); slices.Contains(settings.Languages, asked) {
		return asked
	}
	if preferred := livechat.PreferredLanguage(r.Header.Get("Accept-Language")); preferred != "" {
		return preferred
	}
	return standard
}

// The pages of the template.
const (
	pageForm         = "form"
	pageThanks       = "thanks"
	pageUnsubscribed = "unsubscribed"
	pageUnknown      = "unknown"
	pageExpired      = "expired"
	pageKept         = "kept"
	pageTooLarge     = "too-large"
	pageTooMany      = "too-many"
	pageFault        = "fault"
)

// answer returns the page to show. The page is empty if answer has written a redirect.
func (v *visit) answer(w http.ResponseWriter) (status int, page string, err error) {
	if !livechat.CanBeCode(v.code) {
		return 0, "", livechat.ErrUnknownLink
	}
	ctx := v.r.Context()
	if v.settings, err = v.surveys.Settings(ctx); err != nil {
		return 0, "", err
	}
	v.language = language(v.r, v.settings.Survey.Language)
	var form url.Values
	if v.r.Method == http.MethodPost {
		if form, err = v.form(w); err != nil {
			return 0, "", err
		}
		if form.Get(fieldUnsubscribe) == "One-Click" {
			return v.unsubscribe()
		}
	}
	if v.survey, v.given, err = v.surveys.SurveyByLink(ctx, v.hash()); err != nil {
		return 0, "", err
	}
	standard := v.settings.SurveyOf(v.survey.Department).Language
	v.language = language(v.r, standard)
	if err := v.inTime(v.survey); err != nil {
		return 0, "", err
	}
	if form != nil {
		return v.post(w, form)
	}
	if v.r.URL.Query().Get("done") == "1" {
		return http.StatusOK, pageThanks, nil
	}
	questions, found, err := v.surveys.Questionnaire(ctx, v.survey.Department,
		unique(v.language, standard, settings.Languages[0])...)
	if err != nil {
		return 0, "", err
	}
	if !found {
		questions = standardQuestions(v.language)
	}
	v.questions = questions
	v.preselect(v.r.URL.Query().Get("score"))
	return http.StatusOK, pageForm, nil
}

func unique(texts ...string) []string {
	var all []string
	for _, text := range texts {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

func (v *visit) hash() string { return livechat.LinkHash(v.code) }

func (v *visit) inTime(s livechat.Survey) error {
	if httpapi.RequestTime(v.r.Context()) >= s.ExpiresAt {
		return errExpired
	}
	return nil
}

// preselect selects the score from the mail's link in the first question with stars,
// unless the question has an answer.
func (v *visit) preselect(score string) {
	for _, q := range v.questions.Questions {
		if q.Type != livechat.TypeStars {
			continue
		}
		if v.given[q.Name] == "" && livechat.IsRating(score) {
			given := livechat.Answers{}
			maps.Copy(given, v.given)
			given[q.Name] = score
			v.given = given
		}
		return
	}
}

// maxForm limits an encoded form, in bytes.
const maxForm = 64 << 10

// The fields of the forms that are not answers.
const (
	fieldQuestionnaire = "questionnaire"
	// fieldUnsubscribe is posted by a mail program's own button (RFC 8058), and by the
	// page's button.
	fieldUnsubscribe = "List-Unsubscribe"
)

// field returns the name of the question's form field. It is the question's name, with a
// prefix if another field has that name. The prefix has a dot, which questions' names
// never have.
func field(question string) string {
	if question == fieldQuestionnaire || question == fieldUnsubscribe {
		return "answer." + question
	}
	return question
}

// The errors of an invalid form.
var (
	errTooLarge   = errors.New("the form is too large")
	errUnreadable = errors.New("the form cannot be read")
)

// form parses the posted form. A mail program may use either form encoding for its
// one-click unsubscription.
func (v *visit) form(w http.ResponseWriter) (url.Values, error) {
	v.r.Body = http.MaxBytesReader(w, v.r.Body, maxForm)
	err := v.r.ParseForm()
	if err == nil {
		err = v.r.ParseMultipartForm(maxForm)
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, errTooLarge
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, errUnreadable
	}
	return v.r.PostForm, nil
}

// unsubscribe stops surveys to the link's address. It works as long as the link is
// stored, even if the survey has expired or its room was deleted.
func (v *visit) unsubscribe() (int, string, error) {
	err := v.surveys.Unsubscribe(v.r.Context(), v.hash(), httpapi.RequestTime(v.r.Context()))
	return http.StatusOK, pageUnsubscribed, err
}

func (v *visit) post(w http.ResponseWriter, form url.Values) (int, string, error) {
	if err := v.answered(form.Get(fieldQuestionnaire)); err != nil {
		return 0, "", err
	}
	sent := livechat.Answers{}
	for _, q := range v.questions.Questions {
		// Browsers send two characters for each line break, but count one.
		sent[q.Name] = strings.ReplaceAll(form.Get(field(q.Name)), "\r\n", "\n")
	}
	accepted, wrong := v.questions.Check(sent)
	v.given, v.wrong, v.empty = sent, wrong, len(accepted) == 0 && len(wrong) == 0
	if len(wrong) > 0 || v.empty {
		return http.StatusUnprocessableEntity, pageForm, nil
	}
	if err := v.record(accepted); err != nil {
		return 0, "", err
	}
	guard(w.Header(), bareDocumentPolicy)
	// After the redirect, reloading the page does not post the answers again.
	http.Redirect(w, v.r, "/s/"+v.code+"?"+url.Values{"done": {"1"}, "lang": {v.language}}.Encode(), http.StatusSeeOther)
	return 0, "", nil
}

// answered sets v.questions to the questionnaire with the id, which the form showed. It
// ignores a questionnaire of another department, which the form cannot have shown.
func (v *visit) answered(id string) error {
	v.questions = standardQuestions(v.language)
	if id == "" {
		return nil
	}
	q, found, err := v.surveys.QuestionnaireByID(v.r.Context(), id)
	if found && len(q.Questions) > 0 && (q.Department == "" || q.Department == v.survey.Department) {
		v.questions = q
	}
	return err
}

// record merges the answers into the room's answers. An empty text keeps the earlier
// answer: answers can be replaced but not deleted.
func (v *visit) record(accepted livechat.Answers) error {
	now := httpapi.RequestTime(v.r.Context())
	_, err := v.surveys.AnswerByLink(v.r.Context(), v.hash(),
		func(room livechat.Room, s livechat.Survey) (livechat.Room, livechat.AnswerEntry, error) {
			v.survey = s // the current version
			if err := v.inTime(s); err != nil {
				return livechat.Room{}, livechat.AnswerEntry{}, err
			}
			room, err := room.CountAnswer(accepted, v.settings, now)
			if err != nil {
				return livechat.Room{}, livechat.AnswerEntry{}, err
			}
			entry := livechat.AnswerEntry{ID: v.newID(), RoomID: room.ID, Ts: now, Items: accepted, Channel: s.Channel}
			if entry.Channel == "" {
				entry.Channel = livechat.ChannelEmail
			}
			if v.questions.Version > 0 {
				entry.Questionnaire = v.questions.ID()
			}
			for _, q := range v.questions.Questions {
				if q.Type == livechat.TypeText {
					entry.Texts = append(entry.Texts, q.Name)
				}
			}
			return room.Answer(accepted, v.settings.SurveyAnswersReplace, now), entry, nil
		})
	if err == nil {
		telemetry.Count(telemetry.SurveysAnswered)
	}
	return err
}

// failed returns the page for an error. Faults are logged only here.
func (v *visit) failed(w http.ResponseWriter, err error) (int, string) {
	if over, ok := errors.AsType[*livechat.RateLimitError](err); ok {
		httpapi.SlowDown(w, over)
		return http.StatusTooManyRequests, pageTooMany
	}
	switch {
	case errors.Is(err, livechat.ErrUnknownLink):
		return http.StatusNotFound, pageUnknown
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge, pageTooLarge
	case errors.Is(err, errUnreadable):
		return http.StatusBadRequest, pageFault
	case errors.Is(err, errExpired) && v.survey.AnsweredAt != 0:
		return http.StatusGone, pageKept
	case errors.Is(err, errExpired):
		return http.StatusGone, pageExpired
	}
	status := http.StatusInternalServerError
	if known, ok := errors.AsType[*livechat.Error](err); ok && known.Kind == livechat.Unavailable {
		status = http.StatusServiceUnavailable
	}
	httpapi.Fault(w, v.r, status, err)
	return status, pageFault
}
