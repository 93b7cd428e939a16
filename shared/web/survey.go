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
	"livechat/shared/telemetry"
)

// SurveyStore is what the survey's page needs of the store.
type SurveyStore interface {
	Settings(ctx context.Context) (livechat.Settings, error)
	// SurveyByLink returns the survey that the code with that hash leads to, and
	// the answers that the room has. It fails with livechat.ErrUnknownLink.
	SurveyByLink(ctx context.Context, hash string) (livechat.Survey, livechat.Answers, error)
	// Questionnaire returns the newest one of the department in the first of the
	// languages that has one, else that of all departments; false for none.
	Questionnaire(ctx context.Context, department string, languages ...string) (livechat.Questionnaire, bool, error)
	// QuestionnaireByID returns one version; false when there is none such.
	QuestionnaireByID(ctx context.Context, id string) (livechat.Questionnaire, bool, error)
	// AnswerByLink changes the answers of the room as answer says. It fails with
	// livechat.ErrUnknownLink, or as answer does.
	AnswerByLink(ctx context.Context, hash string,
		answer func(livechat.Room, livechat.Survey) (livechat.Room, livechat.AnswerEntry, error)) (livechat.Room, error)
	// Unsubscribe has no more surveys sent to the address that the link was sent
	// to.
	Unsubscribe(ctx context.Context, hash string, now livechat.Time) error
}

// errExpired is the answer for a link whose time is over.
var errExpired = errors.New("the link has expired")

// SurveyLink answers GET and POST /s/{code}. GET shows the form, and records
// nothing: mail scanners open every link. newID gives an accepted answer's entry
// its identity.
func SurveyLink(surveys SurveyStore, newID func() string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{surveys: surveys, newID: newID, r: r, code: r.PathValue("code")}
		v.language = language(r, livechat.Languages[0])
		status, page, err := v.answer(w)
		if err != nil {
			status, page = v.failed(w, err)
		}
		if page == "" {
			return // it went elsewhere
		}
		v.show(w, status, page)
	})
}

// visit is one request for a survey's page.
type visit struct {
	surveys  SurveyStore
	newID    func() string
	r        *http.Request
	code     string
	language string

	settings livechat.Settings
	survey   livechat.Survey
	// What the form shows.
	questions livechat.Questionnaire
	given     livechat.Answers
	wrong     map[string]error
	empty     bool
}

// language is the one that was asked for, or the browser's, or the given one.
func language(r *http.Request, standard string) string {
	if asked := r.URL.Query().Get("lang"); slices.Contains(livechat.Languages, asked) {
		return asked
	}
	if preferred := livechat.PreferredLanguage(r.Header.Get("Accept-Language")); preferred != "" {
		return preferred
	}
	return standard
}

// The pages there are.
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

// answer returns the page to show, none when it has sent the visitor elsewhere.
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
		unique(v.language, standard, livechat.Languages[0])...)
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

// preselect ticks the star of the mail's link that was followed, where the
// question has no answer yet.
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

// maxForm is how long a form may be, in bytes, as it is sent.
const maxForm = 64 << 10

// The fields of the forms that are no answers.
const (
	fieldQuestionnaire = "questionnaire"
	// fieldUnsubscribe is what a mail program posts for its own button (RFC
	// 8058), and the page's button too.
	fieldUnsubscribe = "List-Unsubscribe"
)

// field is what the question's answer is posted as: its name, but for a name
// that a field has which is no answer. No question's name has a dot.
func field(question string) string {
	if question == fieldQuestionnaire || question == fieldUnsubscribe {
		return "answer." + question
	}
	return question
}

// The refusals of a form.
var (
	errTooLarge   = errors.New("the form is too large")
	errUnreadable = errors.New("the form cannot be read")
)

// form reads what was posted. Mail programs may send their one click in either
// of a form's two forms.
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

// unsubscribe needs the link alone: it is possible for as long as that is known,
// also when the survey is over or its room is gone.
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
		// Browsers send two characters for each end of a line, and count one.
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
	guard(w.Header(), surveyPolicy())
	// Elsewhere, so that the page can be loaded anew without another answer.
	http.Redirect(w, v.r, "/s/"+v.code+"?"+url.Values{"done": {"1"}, "lang": {v.language}}.Encode(), http.StatusSeeOther)
	return 0, "", nil
}

// answered finds the version of the questions that was shown. One of another
// department was not.
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

// record merges the answers into those that the room has. A text that was
// emptied stays as it was: what was once said is overwritten, not taken back.
func (v *visit) record(accepted livechat.Answers) error {
	now := httpapi.RequestTime(v.r.Context())
	_, err := v.surveys.AnswerByLink(v.r.Context(), v.hash(),
		func(room livechat.Room, s livechat.Survey) (livechat.Room, livechat.AnswerEntry, error) {
			v.survey = s // as it is by now
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

// failed returns the page for an error. Faults are logged here, and nowhere
// else.
func (v *visit) failed(w http.ResponseWriter, err error) (int, string) {
	if over, ok := errors.AsType[*livechat.OverLimit](err); ok {
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
