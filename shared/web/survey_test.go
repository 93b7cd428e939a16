package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

var (
	now  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	code = "YWRhLXMtc3VydmV5LWNvZGUtb24tbGFw"
)

// fakeStore has one survey. A write fails the test unless mayWrite is set.
type fakeStore struct {
	t            *testing.T
	survey       livechat.Survey
	answers      livechat.Answers
	own          *livechat.Questionnaire
	err          error
	mayWrite     bool
	entries      []livechat.AnswerEntry
	unsubscribed int
	usage        livechat.RateUsage
	settings     settings.Changes
}

func (f *fakeStore) Settings(context.Context) (settings.Settings, error) {
	f.settings.Set("surveySender", "", "Example <Ltd>")
	return settings.New(f.settings)
}

func (f *fakeStore) SurveyByLink(_ context.Context, hash string) (livechat.Survey, livechat.Answers, error) {
	if hash != livechat.LinkHash(code) {
		return livechat.Survey{}, nil, livechat.ErrUnknownLink
	}
	if f.err != nil {
		return livechat.Survey{}, nil, f.err
	}
	return f.survey, f.answers, nil
}

func (f *fakeStore) Questionnaire(context.Context, string, ...string) (livechat.Questionnaire, bool, error) {
	if f.own == nil {
		return livechat.Questionnaire{}, false, nil
	}
	return *f.own, true, nil
}

func (f *fakeStore) QuestionnaireByID(_ context.Context, id string) (livechat.Questionnaire, bool, error) {
	if f.own == nil || f.own.ID() != id {
		return livechat.Questionnaire{}, false, nil
	}
	return *f.own, true, nil
}

func (f *fakeStore) AnswerByLink(
	_ context.Context, _ string, answer func(livechat.Room, livechat.Survey) (livechat.Room, livechat.AnswerEntry, error),
) (livechat.Room, error) {
	if !f.mayWrite {
		f.t.Error("answers were recorded")
	}
	room, entry, err := answer(livechat.Room{ID: "room-id", SurveyFeedback: f.answers, Usage: f.usage}, f.survey)
	if err == nil {
		f.entries = append(f.entries, entry)
		f.answers = room.SurveyFeedback
	}
	return room, err
}

func (f *fakeStore) Unsubscribe(context.Context, string, livechat.Time) error {
	if !f.mayWrite {
		f.t.Error("somebody was unsubscribed")
	}
	f.unsubscribed++
	return nil
}

func newStore(t *testing.T) *fakeStore {
	return &fakeStore{t: t, survey: livechat.Survey{
		RoomID: "room-id", Department: "sales", Channel: livechat.ChannelEmail, ExpiresAt: livechat.At(now.Add(24 * time.Hour)),
		Visitor: &livechat.SurveyVisitor{ID: "visitor-id", Token: "visitors-token"},
	}}
}

func visitPage(f *fakeStore, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return visitRequest(f, r)
}

func visitRequest(surveys SurveyStore, r *http.Request) *httptest.ResponseRecorder {
	r.SetPathValue("code", strings.TrimPrefix(r.URL.Path, "/s/"))
	w := httptest.NewRecorder()
	SurveyLink(surveys, func() string { return "new-id" }).ServeHTTP(w, r.WithContext(httpapi.WithTime(r.Context(), now)))
	return w
}

func want(t *testing.T, w *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %q:\n%s", text, w.Body)
		}
	}
}

func TestLookingRecordsNothing(t *testing.T) {
	f := newStore(t)
	for _, target := range []string{"", "?score=5", "?score=9", "?done=1", "?lang=de", "?List-Unsubscribe=One-Click", "?satisfaction=5"} {
		want(t, visitPage(f, http.MethodGet, "/s/"+code+target, ""), 200)
		head := visitPage(f, http.MethodHead, "/s/"+code+target, "")
		want(t, head, 200)
		if head.Body.Len() != 0 || head.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("HEAD %s: %v %s", target, head.Header(), head.Body)
		}
	}
}

func TestFormShowsWhatWasAnsweredAndPreselects(t *testing.T) {
	f := newStore(t)
	checked := regexp.MustCompile(`name="satisfaction" value="(\d)" checked`)
	find := func(target string) string {
		m := checked.FindStringSubmatch(visitPage(f, http.MethodGet, "/s/"+code+target, "").Body.String())
		if m == nil {
			return ""
		}
		return m[1]
	}
	if got := find(""); got != "" {
		t.Errorf("%s is checked before anything was answered", got)
	}
	if got := find("?score=5"); got != "5" {
		t.Errorf("score=5 checks %q", got)
	}
	f.answers = livechat.Answers{"satisfaction": "2", "additionalFeedback": "a </textarea><script>"}
	if got := find("?score=5"); got != "2" {
		t.Errorf("the answer 2 is shown as %q", got)
	}
	page := visitPage(f, http.MethodGet, "/s/"+code, "").Body.String()
	if strings.Contains(page, "<script>") || strings.Contains(page, "Example <Ltd>") || !strings.Contains(page, "Example &lt;Ltd&gt;") {
		t.Errorf("text was not escaped:\n%s", page)
	}
	for _, secret := range []string{"room-id", "visitors-token", "visitor-id"} {
		if strings.Contains(page, secret) {
			t.Errorf("the page contains %s", secret)
		}
	}
}

func TestAnswersAreRecordedOnceAndThanked(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	w := visitPage(f, http.MethodPost, "/s/"+code+"?lang=de", "satisfaction=4&agentKnowledge=&additionalFeedback=+gut+&other=1")
	want(t, w, 303)
	if got := w.Header().Get("Location"); got != "/s/"+code+"?done=1&lang=de" {
		t.Errorf("goes to %s", got)
	}
	wanted := []livechat.AnswerEntry{{
		ID: "new-id", RoomID: "room-id", Ts: livechat.At(now), Channel: livechat.ChannelEmail,
		Items: livechat.Answers{"satisfaction": "4", "additionalFeedback": "gut"}, Texts: []string{"additionalFeedback"},
	}}
	if diff := cmp.Diff(wanted, f.entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	f.mayWrite = false
	want(t, visitPage(f, http.MethodGet, "/s/"+code+"?done=1&lang=de", ""), 200, "Vielen Dank!", "Meine Antworten ändern", "24.11.2026")
}

var own = livechat.Questionnaire{Department: "sales", Language: "en", Version: 3, Questions: []livechat.Question{
	{Name: "recommend", Type: livechat.TypeScale, Label: "Would you <b>recommend</b> us?", Required: true},
	{Name: "why", Type: livechat.TypeChoice, Label: "Why?", Options: []livechat.Option{{Value: "price", Label: "The price"}, {Value: "other", Label: "Other"}}},
	{Name: "stars", Type: livechat.TypeStars, Label: "Stars"},
	{Name: "more", Type: livechat.TypeText, Label: "More"},
}}

func TestOwnQuestionsNameTheirVersion(t *testing.T) {
	f := newStore(t)
	f.own, f.mayWrite = &own, true
	page := visitPage(f, http.MethodGet, "/s/"+code, "")
	want(t, page, 200, `value="sales/en/3"`, "The price", `value="10"`, "&lt;b&gt;recommend", "(required)")
	want(t, visitPage(f, http.MethodPost, "/s/"+code, "questionnaire=sales/en/3&recommend=10&why=price&more=x"), 303)
	e := f.entries[0]
	if e.Questionnaire != "sales/en/3" || e.Items["recommend"] != "10" || e.Items["why"] != "price" || len(e.Texts) != 1 || e.Texts[0] != "more" {
		t.Errorf("entry %+v", e)
	}
}

func TestWrongAnswersAreShownAndNotRecorded(t *testing.T) {
	f := newStore(t)
	f.own = &own
	long := strings.Repeat("x", 5001)
	for form, says := range map[string]string{
		"recommend=11&more=kept": "please choose one of the answers", "more=kept": "please answer this",
		"recommend=1&why=none&more=kept": "please choose one of the answers", "recommend=1&more=kept" + long: "5,000 characters",
		"recommend=1&more=kept%00": "5,000 characters",
	} {
		w := visitPage(f, http.MethodPost, "/s/"+code, "questionnaire=sales/en/3&"+form)
		want(t, w, 422, says, `role="alert" tabindex="-1" autofocus`, `aria-invalid="true"`, "kept")
	}
	want(t, visitPage(newStore(t), http.MethodPost, "/s/"+code, "questionnaire="), 422, "at least one question")
}

func TestOneClickUnsubscribes(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	want(t, visitPage(f, http.MethodPost, "/s/"+code, "List-Unsubscribe=One-Click"), 200, "You will not be asked again")
	multipart := "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"
	want(t, visitPage(f, http.MethodPost, "/s/"+code, multipart, "Content-Type", "multipart/form-data; boundary=x"), 200)
	if f.unsubscribed != 2 || len(f.entries) != 0 {
		t.Errorf("unsubscribed %d times, entries %v", f.unsubscribed, f.entries)
	}
}

func TestPagesOfFailures(t *testing.T) {
	expired, answered := newStore(t), newStore(t)
	expired.survey.ExpiresAt = livechat.At(now)
	answered.survey.ExpiresAt, answered.survey.AnsweredAt = livechat.At(now), 1
	busy, broken := newStore(t), newStore(t)
	busy.err = &livechat.Error{Kind: livechat.Unavailable, Err: errors.New("throttled")}
	broken.err = errors.New("secret cause")
	for name, tc := range map[string]struct {
		store  *fakeStore
		method string
		target string
		body   string
		status int
		says   string
	}{
		"unknown":         {newStore(t), http.MethodGet, "/s/" + livechat.NewCode(), "", 404, "doesn’t work"},
		"impossible":      {newStore(t), http.MethodGet, "/s/x", "", 404, "doesn’t work"},
		"unknown, French": {newStore(t), http.MethodGet, "/s/x?lang=fr", "", 404, "ne mène nulle part"},
		"expired":         {expired, http.MethodGet, "/s/" + code, "", 410, "has ended"},
		"expired, post":   {expired, http.MethodPost, "/s/" + code, "satisfaction=5", 410, "has ended"},
		"answered":        {answered, http.MethodGet, "/s/" + code, "", 410, "Your answers are saved"},
		"too large":       {newStore(t), http.MethodPost, "/s/" + code, strings.Repeat("a", 70<<10), 413, "too long"},
		"busy":            {busy, http.MethodGet, "/s/" + code, "", 503, "try again"},
		"broken":          {broken, http.MethodGet, "/s/" + code, "", 500, "try again"},
	} {
		t.Run(name, func(t *testing.T) {
			w := visitPage(tc.store, tc.method, tc.target, tc.body)
			want(t, w, tc.status, tc.says)
			if strings.Contains(w.Body.String(), "secret") || tc.status == 503 && w.Header().Get("Retry-After") == "" {
				t.Errorf("%v\n%s", w.Header(), w.Body)
			}
		})
	}
}

func TestEveryPageIsGuarded(t *testing.T) {
	for _, target := range []string{"/s/" + code, "/s/x", "/s/" + code + "?done=1"} {
		w := visitPage(newStore(t), http.MethodGet, target, "")
		for name, value := range map[string]string{
			"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
			"Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		} {
			if w.Header().Get(name) != value {
				t.Errorf("%s: %s is %q", target, name, w.Header().Get(name))
			}
		}
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())[1]
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'; style-src '"+hashOf(style)+"'") || strings.Contains(policy, "unsafe") {
			t.Errorf("policy %s", policy)
		}
		if w.Header().Get("Set-Cookie") != "" || strings.Contains(w.Body.String(), "<script") || strings.Contains(w.Body.String(), "http") {
			t.Errorf("the page has a cookie, a script or an external resource:\n%s", w.Body)
		}
	}
}

func TestPagesHaveTheDepartmentsBrand(t *testing.T) {
	f := newStore(t)
	f.settings.Set("surveyLogoUrl", "sales", "https://cdn.example:8443/a&b.png?w=1")
	f.settings.Set("surveyColor", "sales", "#ffcc00")
	for _, target := range []string{"", "?done=1"} {
		w := visitPage(f, http.MethodGet, "/s/"+code+target, "")
		want(t, w, 200, `<img src="https://cdn.example:8443/a&amp;b.png?w=1" alt="">`, "--brand: #ffcc00; --on-brand: #000000;")
		policy := w.Header().Get("Content-Security-Policy")
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())[1]
		if !strings.HasSuffix(policy, "; img-src https://cdn.example:8443") || !strings.Contains(policy, hashOf(style)) {
			t.Errorf("policy %s", policy)
		}
	}
	f.survey.Department = "other"
	w := visitPage(f, http.MethodGet, "/s/"+code, "")
	want(t, w, 200, "--brand: #1a56a8; --on-brand: #ffffff;")
	if strings.Contains(w.Body.String(), "<img") || strings.Contains(w.Header().Get("Content-Security-Policy"), "img-src") {
		t.Errorf("a logo of another department: %s", w.Body)
	}
}

func TestLanguageIsTheVisitorsOwn(t *testing.T) {
	for _, tc := range []struct{ target, header, language string }{
		{"", "", "en"}, {"", "de-CH, en;q=0.5", "de"}, {"?lang=pt", "de", "pt"}, {"?lang=xx", "es", "es"}, {"", "xx", "en"},
	} {
		w := visitPage(newStore(t), http.MethodGet, "/s/"+code+tc.target, "", "Accept-Language", tc.header)
		want(t, w, 200, `<html lang="`+tc.language+`">`, textsOf(tc.language)["title"])
	}
}

func TestEveryLanguageHasEveryText(t *testing.T) {
	for _, language := range settings.Languages {
		for key := range texts["en"] {
			if texts[language][key] == "" {
				t.Errorf("%s lacks the text %s", language, key)
			}
		}
		if len(texts[language]) != len(texts["en"]) {
			t.Errorf("%s has %d texts, English %d", language, len(texts[language]), len(texts["en"]))
		}
	}
}

func TestReportsPageRunsWhatIsInItAndNoMore(t *testing.T) {
	w := httptest.NewRecorder()
	Reports().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/livechat/reports", nil))
	body := w.Body.String()
	policy := w.Header().Get("Content-Security-Policy")
	for tag, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		inline := regexp.MustCompile(`(?s)<` + tag + `>(.*)</` + tag + `>`).FindStringSubmatch(body)[1]
		if !strings.Contains(policy, directive+" '"+hashOf(inline)+"'") {
			t.Errorf("the policy does not allow the %s: %s", tag, policy)
		}
	}
	for _, part := range []string{"form-action 'none'", "connect-src 'self'", "default-src 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %s: %s", part, policy)
		}
	}
	// The namespace is only a name: nothing is loaded from it.
	body = strings.ReplaceAll(body, "http://www.w3.org/2000/svg", "")
	for _, wrong := range []string{
		"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "localStorage", "sessionStorage",
		"indexedDB", "cookie", "onclick", "style=", "http:", "https:", `"//`, " src=", " action=",
	} {
		if strings.Contains(body, wrong) {
			t.Errorf("the page contains %s", wrong)
		}
	}
	if regexp.MustCompile(`<(input|select)[^>]* name=`).MatchString(body) {
		t.Error("a field has a name, so an accidental submit would put it into the address")
	}
	if w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
}

func TestTooManyAnswersOfARoom(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	settings, err := f.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range livechat.SurveysPerRoom.In(settings) {
		if f.usage, err = f.usage.Add(livechat.SurveysPerRoom, settings, 0, livechat.At(now)); err != nil {
			t.Fatal(err)
		}
	}
	w := visitPage(f, http.MethodPost, "/s/"+code, "satisfaction=5")
	want(t, w, 429, "Too many answers at once")
	if w.Header().Get("Retry-After") != "60" || w.Header().Get("X-RateLimit-Limit") != "120" || len(f.entries) != 0 {
		t.Errorf("headers %v, entries %v", w.Header(), f.entries)
	}
}
