package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "a folder into which TestPagesAreAccessible writes a picture of each page")

// surveyCode is the code of the demo's survey, see demo.SurveyCode.
const surveyCode = "YWRhLXMtc3VydmV5LWNvZGUtb24tbGFw"

// accessible are the pages that must have no violations. Actions run on the loaded page.
var accessible = []struct {
	name, path string
	actions    []chromedp.Action
}{
	{"survey", "/s/" + surveyCode + "?score=4", nil},
	{"survey with an error", "/s/" + surveyCode, []chromedp.Action{
		chromedp.SetValue(`textarea`, strings.Repeat("x", 5001), chromedp.ByQuery),
		chromedp.Click(`main button[type=submit]`, chromedp.ByQuery), chromedp.WaitVisible(`.summary`, chromedp.ByQuery),
	}},
	{"own questions", "/s/" + surveyCode + "?lang=fr", []chromedp.Action{
		chromedp.Click(`input[name=recommend][value="8"]`, chromedp.ByQuery), chromedp.Click(`input[name=why][value=price]`, chromedp.ByQuery),
	}},
	{"survey answered", "/s/" + surveyCode + "?done=1&lang=de", nil},
	{"survey unknown", "/s/" + strings.Repeat("x", 32), nil},
	{"report signed out", "/livechat/reports", nil},
	{"report", "/livechat/reports", []chromedp.Action{
		chromedp.SendKeys(`#user`, managerID, chromedp.ByQuery), chromedp.SendKeys(`#token`, managerToken+"\r", chromedp.ByQuery),
		chromedp.WaitVisible(`#comments blockquote`, chromedp.ByQuery),
	}},
	{"demo", "/demo", []chromedp.Action{
		chromedp.WaitVisible(`#rooms button`, chromedp.ByQuery), inFrame(`d.querySelector("[class*=chat-button]")`),
		chromedp.Click(`#rooms button`, chromedp.ByQuery), chromedp.WaitVisible(`#messages li`, chromedp.ByQuery),
	}},
	{"laptop", "/_local/", []chromedp.Action{chromedp.WaitVisible(`#functions tr`, chromedp.ByQuery)}},
	{"docs", "/docs", nil},
}

// TestPagesAreAccessible checks every page with axe-core, light and dark, on a desktop and
// on a phone. No page may be wider than the phone.
func TestPagesAreAccessible(t *testing.T) {
	fetchWidget(t)
	axe, service := newAxe(t), cloud(t)
	brand(t, service)
	// Reports of days that are not summed up yet are slow, and each run makes many.
	call(t, "POST", service+"/_local/invoke/SurveyRollupFunction", "")
	for _, scheme := range []string{"light", "dark"} {
		for device, size := range map[string][2]int64{"desktop": {1280, 900}, "phone": {375, 812}} {
			ctx := newPage(t)
			for _, p := range accessible {
				t.Run(strings.Join([]string{p.name, scheme, device}, "/"), func(t *testing.T) {
					show(t, ctx, scheme, size, append([]chromedp.Action{chromedp.Navigate(service + p.path)}, p.actions...)...)
					if *screenshots != "" {
						screenshot(t, ctx, strings.ReplaceAll(p.name, " ", "-")+"-"+scheme+"-"+device+".png")
					}
					for _, violation := range axe.violations(t, ctx) {
						t.Error(violation)
					}
					var overflow int
					run(t, ctx, chromedp.Evaluate(`document.documentElement.scrollWidth - innerWidth`, &overflow))
					if overflow > 0 {
						t.Errorf("the page is %d pixels wider than the screen", overflow)
					}
				})
			}
		}
	}
}

// brand gives surveys a logo, a colour on which white is unreadable, and French questions.
func brand(t *testing.T, service string) {
	t.Helper()
	operator(t, service, "settings", "set", "surveyLogoUrl", service+"/demo/icon.svg")
	operator(t, service, "settings", "set", "surveyColor", "#ffcc00")
	const questions = `[{"name":"recommend","type":"scale","label":"Nous recommanderiez-vous ?","required":true},
		{"name":"why","type":"choice","label":"Pourquoi ?","options":[{"value":"price","label":"Le prix"},{"value":"other","label":"Une autre raison"}]},
		{"name":"stars","type":"stars","label":"Notre conseil"},{"name":"more","type":"text","label":"Autre chose ?"}]`
	file := filepath.Join(t.TempDir(), "questions.json")
	if err := os.WriteFile(file, []byte(questions), 0o600); err != nil {
		t.Fatal(err)
	}
	operator(t, service, "survey", "questions", "set", "--language", "fr", file)
}

// TestAxeFindsViolations makes sure that the test above can fail.
func TestAxeFindsViolations(t *testing.T) {
	ctx := newPage(t)
	axe := newAxe(t)
	show(t, ctx, "light", [2]int64{375, 812}, chromedp.Navigate("about:blank"),
		chromedp.Evaluate(`document.body.innerHTML = '<p style="color:#aaa">pale</p><input><img src="x">', true`, nil))
	found := strings.Join(axe.violations(t, ctx), "\n")
	for _, rule := range []string{"color-contrast", "label", "image-alt", "document-title"} {
		if !strings.Contains(found, rule+":") {
			t.Errorf("no violation of %s in:\n%s", rule, found)
		}
	}
}

func show(t *testing.T, ctx context.Context, scheme string, size [2]int64, actions ...chromedp.Action) {
	t.Helper()
	run(t, ctx, append([]chromedp.Action{
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.EmulateViewport(size[0], size[1]),
	}, actions...)...)
}

func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	var picture []byte
	run(t, ctx, chromedp.FullScreenshot(&picture, 100))
	if err := os.WriteFile(filepath.Join(*screenshots, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// axeSource is the source of axe-core.
type axeSource string

func newAxe(t *testing.T) axeSource {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(fetchPackages(t, "infra", "test", "browser"), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return axeSource(source)
}

// violations returns what axe-core finds on the page. The stock widget's frame is not ours.
func (a axeSource) violations(t *testing.T, ctx context.Context) []string {
	t.Helper()
	var found []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	run(t, ctx, chromedp.Evaluate(string(a)+`; true`, nil), chromedp.Evaluate(
		`axe.run({exclude: [[".rocketchat-widget"]]}, {iframes: false, resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then(r => r.violations)`,
		&found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	var violations []string
	for _, v := range found {
		for _, n := range v.Nodes {
			violations = append(violations, fmt.Sprintf("%s: %s: %s: %s", v.ID, v.Help, n.HTML, n.FailureSummary))
		}
	}
	return violations
}
