package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// TestUnsubscribingNeedsTheLinkAlone checks a deleted visitor, who has no survey any more
// but still has an address.
func TestUnsubscribingNeedsTheLinkAlone(t *testing.T) {
	f := newStore(t)
	f.mayWrite, f.err = true, livechat.ErrUnknownLink
	f.survey.ExpiresAt = livechat.At(now)
	want(t, visitPage(f, http.MethodPost, "/s/"+code+"?lang=es", "List-Unsubscribe=One-Click"), 200, "No volveremos a preguntarle")
	if f.unsubscribed != 1 {
		t.Errorf("unsubscribed %d times", f.unsubscribed)
	}
}

// oneClick is a request as mail programs send it (RFC 8058, 3.2): without a browser's
// cookies, origin and language.
var oneClick = "POST /s/" + code + " HTTP/1.1\r\n" +
	"Host: chat.example.com\r\n" +
	"Content-Type: application/x-www-form-urlencoded\r\n" +
	"Content-Length: 26\r\n" +
	"\r\n" +
	"List-Unsubscribe=One-Click"

func TestMailProgramsUnsubscribeAtOnce(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(oneClick)))
	if err != nil {
		t.Fatal(err)
	}
	w := visitRequest(f, r)
	want(t, w, 200)
	if f.unsubscribed != 1 || w.Header().Get("Location") != "" {
		t.Errorf("unsubscribed %d times, %v", f.unsubscribed, w.Header())
	}
}

// TestWhatIsNoTextIsNotRecorded posts NUL and invalid UTF-8, which browsers never send.
func TestWhatIsNoTextIsNotRecorded(t *testing.T) {
	for _, form := range []string{
		"additionalFeedback=a%00b", "additionalFeedback=a%ff", "additionalFeedback=%ed%a0%80", "satisfaction=5%00", "satisfaction=%ff", "satisfaction=%zz",
	} {
		w := visitPage(newStore(t), http.MethodPost, "/s/"+code, form)
		if w.Code != 422 && w.Code != 400 {
			t.Errorf("%s is answered with %d", form, w.Code)
		}
	}
}

// TestAnswersAreKeptBesideThoseBefore checks that an empty field keeps the earlier answer.
func TestAnswersAreKeptBesideThoseBefore(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	f.answers = livechat.Answers{"satisfaction": "2", livechat.AdditionalFeedback: "slow"}
	want(t, visitPage(f, http.MethodPost, "/s/"+code, "satisfaction=5&additionalFeedback="), 303)
	if f.answers["satisfaction"] != "5" || f.answers[livechat.AdditionalFeedback] != "slow" {
		t.Errorf("answers %v", f.answers)
	}
}

func TestImpossibleCodesAreNotLookedUp(t *testing.T) {
	for _, impossible := range []string{"", "x", strings.Repeat("a", 33), strings.Repeat("a", 31), strings.Repeat("a", 31) + "=", strings.Repeat("%", 32)} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequest(method, "/s/x", strings.NewReader("List-Unsubscribe=One-Click"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetPathValue("code", impossible)
			w := httptest.NewRecorder()
			SurveyLink(nil, nil).ServeHTTP(w, r) // no store to call
			want(t, w, 404, "doesn’t work")
		}
	}
}

func TestUnsubscribingIsOfferedWhereItIsOurs(t *testing.T) {
	f := newStore(t)
	want(t, visitPage(f, http.MethodGet, "/s/"+code, ""), 200, `value="One-Click"`)
	f.survey.Channel = livechat.ChannelWebhook
	if strings.Contains(visitPage(f, http.MethodGet, "/s/"+code, "").Body.String(), "One-Click") {
		t.Error("unsubscribing is offered although the operator's own system sends the surveys")
	}
}

// expiring is a store whose survey expires after the form is checked and before the
// answer is recorded.
type expiring struct{ *fakeStore }

func (e expiring) AnswerByLink(
	ctx context.Context, hash string, answer func(livechat.Room, livechat.Survey) (livechat.Room, livechat.AnswerEntry, error),
) (livechat.Room, error) {
	e.survey.ExpiresAt, e.survey.AnsweredAt = livechat.At(now), 1
	return e.fakeStore.AnswerByLink(ctx, hash, answer)
}

func TestASurveyThatEndsWhilePostingTakesNothing(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	r := httptest.NewRequest(http.MethodPost, "/s/"+code, strings.NewReader("satisfaction=5"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := visitRequest(expiring{f}, r)
	want(t, w, 410, "Your answers are saved")
	if len(f.entries) != 0 {
		t.Errorf("recorded %v", f.entries)
	}
}

func TestQuestionsOfAnotherDepartmentOrNoneAreNotAnswered(t *testing.T) {
	f := newStore(t)
	f.own, f.mayWrite = &own, true
	f.survey.Department = "support"
	want(t, visitPage(f, http.MethodPost, "/s/"+code, "questionnaire=sales/en/3&recommend=10&satisfaction=5"), 303)
	withdrawn := own
	withdrawn.Questions = nil
	f.own, f.survey.Department = &withdrawn, own.Department
	want(t, visitPage(f, http.MethodPost, "/s/"+code, "questionnaire=sales/en/3&recommend=10&satisfaction=5"), 303)
	for _, e := range f.entries {
		if e.Questionnaire != "" || len(e.Items) != 1 || e.Items["satisfaction"] != "5" {
			t.Errorf("entry %+v", e)
		}
	}
}

func TestAQuestionCanBeCalledLikeAField(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	f.own = &livechat.Questionnaire{Language: "de", Version: 1, Questions: []livechat.Question{
		{Name: fieldQuestionnaire, Type: livechat.TypeText, Label: "Welche?"},
		{Name: fieldUnsubscribe, Type: livechat.TypeStars, Label: "Wie?"},
	}}
	want(t, visitPage(f, http.MethodGet, "/s/"+code, ""), 200,
		`name="answer.questionnaire"`, `name="answer.List-Unsubscribe"`, `<span lang="de">Welche?</span>`)
	form := "questionnaire=/de/1&answer.questionnaire=diese&answer.List-Unsubscribe=4"
	want(t, visitPage(f, http.MethodPost, "/s/"+code, form), 303)
	if e := f.entries[0]; e.Items[fieldQuestionnaire] != "diese" || e.Items[fieldUnsubscribe] != "4" || f.unsubscribed != 0 {
		t.Errorf("entry %+v", e)
	}
}

func TestLinesEndAsTheyWereTyped(t *testing.T) {
	f := newStore(t)
	f.mayWrite = true
	text := strings.Repeat("x%0D%0A", 2499) + "xx" // 5000 characters, as the browser counts
	want(t, visitPage(f, http.MethodPost, "/s/"+code, "additionalFeedback="+text), 303)
	if got := f.entries[0].Items[livechat.AdditionalFeedback]; len(got) != 5000 || strings.Contains(got, "\r") {
		t.Errorf("recorded %d characters", len(got))
	}
}

func TestHostileTextIsText(t *testing.T) {
	f := newStore(t)
	const hostile = `"><img src=x onerror=alert(1)></textarea>`
	f.own = &livechat.Questionnaire{Department: "sales", Language: "en", Version: 3, Questions: []livechat.Question{
		{Name: "a", Type: livechat.TypeText, Label: hostile, Required: true},
		{Name: "b", Type: livechat.TypeChoice, Label: hostile, Options: []livechat.Option{{Value: "x", Label: hostile}, {Value: "y", Label: "y"}}},
	}}
	f.answers = livechat.Answers{"a": hostile}
	for _, w := range []*httptest.ResponseRecorder{
		visitPage(f, http.MethodGet, "/s/"+code+"?score=%22%3E%3Cimg", ""),
		visitPage(f, http.MethodPost, "/s/"+code, "questionnaire=sales/en/3&b=%22%3E%3Cimg"),
	} {
		if strings.Contains(w.Body.String(), "<img") || strings.Count(w.Body.String(), "</textarea>") != 1 {
			t.Errorf("text was not escaped:\n%s", w.Body)
		}
	}
}

func TestLanguagesLeadToTheSamePage(t *testing.T) {
	f := newStore(t)
	want(t, visitPage(f, http.MethodGet, "/s/"+code+"?done=1&lang=de", ""), 200, `href="?done=1&amp;lang=fr"`)
	want(t, visitPage(f, http.MethodGet, "/s/"+code+"?score=4", ""), 200, `href="?lang=fr&amp;score=4"`)
}

func TestWrongAnswersAreLedTo(t *testing.T) {
	f := newStore(t)
	f.own = &own
	want(t, visitPage(f, http.MethodPost, "/s/"+code, "questionnaire=sales/en/3&stars=7"), 422,
		`href="#q-recommend"`, `id="q-recommend"`, `aria-describedby="e-recommend`, `id="e-recommend"`, `href="#q-stars"`)
}

func TestFaultsAreLoggedAndCountedOnceEach(t *testing.T) {
	var log, counted bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	telemetry.CountTo(&counted, "test")
	t.Cleanup(func() { slog.SetDefault(before); telemetry.CountTo(new(bytes.Buffer), "") })
	f := newStore(t)
	f.err = errors.New("it broke")
	w := visitPage(f, http.MethodGet, "/s/"+code, "")
	want(t, w, 500, "Example &lt;Ltd&gt;")
	if strings.Count(log.String(), "it broke") != 1 || strings.Contains(log.String(), code) || strings.Count(counted.String(), `"Faults":1`) != 1 {
		t.Errorf("log %s\ncounted %s", &log, &counted)
	}
	f.err = livechat.ErrUnknownLink
	log.Reset()
	want(t, visitPage(f, http.MethodGet, "/s/"+code, ""), 404)
	if log.Len() != 0 {
		t.Errorf("a visitor's mistake is logged: %s", &log)
	}
}

// TestLinksThatLeadNowhereAreOne checks that all unknown codes get the same answer, so that
// guessing codes does not reveal whether a survey ever existed.
func TestLinksThatLeadNowhereAreOne(t *testing.T) {
	gone := newStore(t)
	gone.err = livechat.ErrUnknownLink // the visitor was deleted
	var first *httptest.ResponseRecorder
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for tried, store := range map[string]*fakeStore{
			livechat.NewCode(): newStore(t), code: gone, code[:31] + "x": newStore(t), strings.Repeat("A", 32): newStore(t),
		} {
			w := visitPage(store, method, "/s/"+tried, "")
			w.Body = bytes.NewBufferString(strings.ReplaceAll(w.Body.String(), tried, "CODE"))
			if first == nil {
				first = w
			}
			if d := cmp.Diff(first.Body.String(), w.Body.String()); w.Code != http.StatusNotFound || d != "" {
				t.Errorf("%s /s/%s: %d %s", method, tried, w.Code, d)
			}
			if d := cmp.Diff(first.Header(), w.Header()); d != "" {
				t.Errorf("%s /s/%s: %s", method, tried, d)
			}
		}
	}
}
