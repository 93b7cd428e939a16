package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"livechat/shared/httpapi"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

var (
	//go:embed survey.html
	surveyHTML string
	//go:embed survey.css
	surveyCSS string
)

// surveyTemplate parses the template when first needed, which keeps cold starts short.
var surveyTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("survey").Parse(surveyHTML)
})

// surveyStyle returns the page's style in the brand's colour.
func surveyStyle(b settings.Brand) string {
	return ":root { --brand: " + b.Color + "; --on-brand: " + b.TextColor() + "; }\n" + surveyCSS
}

// surveyPolicy returns the content security policy that allows only the style, and images
// only from the logo's origin.
func surveyPolicy(style, logoOrigin string) string {
	policy := "default-src 'none'; style-src '" + hashOf(style) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if logoOrigin != "" {
		policy += "; img-src " + logoOrigin
	}
	return policy
}

// brand returns the brand of the survey's department. If the survey is unknown, it is that
// of all departments, and if the settings are unknown, the default.
func (v *visit) brand() settings.Brand {
	b := v.settings.SurveyOf(v.survey.Department).Brand
	b.Color = cmp.Or(b.Color, settings.DefaultSurveyColor)
	return b
}

// hashOf returns the source expression of an inline style or script in a content security
// policy.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// page is the data of the template.
type page struct {
	Page, Language, Code, Sender, Logo, Until, Questionnaire string
	// QuestionsIn is the language of the questions, which can differ from the page's.
	QuestionsIn string
	// CanUnsubscribe is false if the operator's own system sends the surveys, because
	// this service cannot stop that system.
	CanUnsubscribe bool
	Texts          map[string]string
	Style          template.CSS
	Languages      []languageLink
	Questions      []shownQuestion
	Wrong          []shownQuestion
	Empty          bool
}

type languageLink struct {
	Language, Name, Address string
	Current                 bool
}

type shownQuestion struct {
	livechat.Question
	Field   string
	Value   string
	Error   string
	Choices []livechat.Option
}

// End returns what the lowest or the highest value of a scale means, else "".
func (p page) End(kind, value string) string {
	return p.Texts[map[string]string{
		livechat.TypeStars + "1": "worst", livechat.TypeStars + "5": "best",
		livechat.TypeScale + "0": "least", livechat.TypeScale + "10": "most",
	}[kind+value]]
}

func (v *visit) show(w http.ResponseWriter, status int, name string) {
	t, brand := textsOf(v.language), v.brand()
	style := surveyStyle(brand)
	p := page{
		Page: name, Language: v.language, Code: v.code, Sender: v.settings.Delivery.Sender, Logo: brand.LogoURL, Texts: t,
		Style: template.CSS(style), Empty: v.empty, QuestionsIn: v.questions.Language,
		CanUnsubscribe: v.survey.ExpiresAt != 0 && v.survey.Channel != livechat.ChannelWebhook,
	}
	if v.survey.ExpiresAt != 0 {
		p.Until = date(v.language, v.survey.ExpiresAt.Time())
	}
	p.Languages = v.languages()
	if v.questions.Version > 0 {
		p.Questionnaire = v.questions.ID()
	}
	for _, q := range v.questions.Questions {
		shown := shownQuestion{Question: q, Field: field(q.Name), Value: v.given[q.Name], Choices: choices(q)}
		if err := v.wrong[q.Name]; err != nil {
			shown.Error = t[errorText(err)]
			p.Wrong = append(p.Wrong, shown)
		}
		p.Questions = append(p.Questions, shown)
	}
	var body bytes.Buffer
	parsed, err := surveyTemplate()
	if err == nil {
		err = parsed.Execute(&body, p)
	}
	if err != nil {
		status = http.StatusInternalServerError
		httpapi.Fault(w, v.r, status, err)
	}
	writePage(w, v.r, status, surveyPolicy(style, brand.LogoOrigin()), body.Bytes())
}

// languages returns a link to the same page in each language. A link cannot repeat a
// posted form.
func (v *visit) languages() []languageLink {
	var links []languageLink
	for _, l := range settings.Languages {
		kept := url.Values{"lang": {l}}
		for _, name := range []string{"done", "score"} {
			if value := v.r.URL.Query().Get(name); value != "" && v.r.Method != http.MethodPost {
				kept.Set(name, value)
			}
		}
		links = append(links, languageLink{
			Language: l, Name: textsOf(l)["name"], Address: "?" + kept.Encode(), Current: l == v.language,
		})
	}
	return links
}

// choices returns the question's options.
func choices(q livechat.Question) []livechat.Option {
	span := func(from, to int) []livechat.Option {
		var all []livechat.Option
		for n := from; n <= to; n++ {
			all = append(all, livechat.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n)})
		}
		return all
	}
	switch q.Type {
	case livechat.TypeStars:
		return span(1, 5)
	case livechat.TypeScale:
		return span(0, 10)
	default:
		return q.Options
	}
}

func errorText(err error) string {
	switch {
	case errors.Is(err, livechat.ErrAnswerMissing):
		return "missing"
	case errors.Is(err, livechat.ErrAnswerTooLong):
		return "too-long"
	default:
		return "invalid"
	}
}

// date formats the day for the language.
func date(language string, t time.Time) string {
	form := map[string]string{"en": "2 January 2006", "de": "2.1.2006"}[language]
	if form == "" {
		form = "02/01/2006"
	}
	return t.Format(form)
}

// writePage answers with a page. The page's address can be secret, for example a survey's
// link. So the page must not be cached or indexed, and its address must not be sent as a
// referrer.
func writePage(w http.ResponseWriter, r *http.Request, status int, policy string, body []byte) {
	guard(w.Header(), policy)
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return // unlike Go's server, Lambda would send the body
	}
	_, _ = w.Write(body) // fails only if the caller has hung up
}

// bareDocumentPolicy is the content security policy of what loads nothing: redirects, images
// and documents for programs.
const bareDocumentPolicy = "default-src 'none'"

// guard sets the headers of every answer of this package, including redirects.
func guard(h http.Header, policy string) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}
