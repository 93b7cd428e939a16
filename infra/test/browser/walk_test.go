package browser

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSurveyFromTheClosingToTheReport follows infra/laptop.md: a chat is answered and closed,
// an hour passes, the mail is opened, its link is followed, the survey is answered, and
// the report shows the answer. The comment is an attack, which must be shown as text.
func TestSurveyFromTheClosingToTheReport(t *testing.T) {
	ctx := newPage(t)
	url := cloud(t)
	const comment = `Quick <img src=x onerror="document.title='hacked'"> & kind`

	call(t, "POST", url+"/api/v1/livechat/visitor", `{"visitor":{"token":"ada-1","name":"Ada","email":"ada@example.net"}}`)
	room := call(t, "GET", url+"/api/v1/livechat/room?token=ada-1", "")
	rid := regexp.MustCompile(`"_id":"([^"]+)"`).FindStringSubmatch(room)[1]
	call(t, "POST", url+"/api/v1/chat.postMessage", fmt.Sprintf(`{"roomId":%q,"text":"Hello"}`, rid), manager...)
	call(t, "POST", url+"/api/v1/livechat/room.close", fmt.Sprintf(`{"rid":%q,"token":"ada-1"}`, rid))
	call(t, "POST", url+"/_local/clock", `{"advance":"61m"}`)
	var box struct {
		Messages []struct{ ID, Subject string }
	}
	if err := json.Unmarshal([]byte(call(t, "GET", url+"/_local/outbox", "")), &box); err != nil || len(box.Messages) != 1 {
		t.Fatalf("outbox %+v (%v)", box, err)
	}

	var thanks, address, link string
	var scripts int
	err := chromedp.Run(ctx,
		// Open the mail and take the link of star 4.
		chromedp.Navigate(url+"/_local/outbox/"+box.Messages[0].ID),
		chromedp.AttributeValue(`a[href$="score=4"]`, "href", &link, nil),
		chromedp.Navigate("about:blank"),
	)
	if err != nil {
		t.Fatal(err)
	}
	err = chromedp.Run(ctx,
		chromedp.Navigate(link),
		chromedp.WaitVisible(`input[name=satisfaction][value="4"]:checked`, chromedp.ByQuery),
		chromedp.Click(`input[name=agentFriendliness][value="5"]`, chromedp.ByQuery),
		chromedp.SendKeys(`#q-additionalFeedback`, comment, chromedp.ByQuery),
		chromedp.Evaluate(`document.scripts.length`, &scripts),
		chromedp.Click(`main button[type=submit]`),
		chromedp.WaitVisible(`a[href^="/s/"]`),
		chromedp.Text(`h1`, &thanks, chromedp.ByQuery),
		chromedp.Location(&address),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(thanks, "Thank you!") || !strings.Contains(address, "done=1") || scripts != 0 {
		t.Errorf("%q at %s, %d scripts", thanks, address, scripts)
	}

	var figures, comments, conversation, presets, agents, title string
	var images int
	err = chromedp.Run(ctx,
		chromedp.Navigate(url+"/livechat/reports"),
		chromedp.SendKeys(`#user`, managerID, chromedp.ByQuery),
		chromedp.SendKeys(`#token`, "wrong", chromedp.ByQuery),
		chromedp.Click(`#signin button[type=submit]`, chromedp.ByQuery),
		chromedp.WaitVisible(`#problem:not(:empty)`, chromedp.ByQuery),
		chromedp.SetValue(`#token`, managerToken, chromedp.ByQuery),
		chromedp.Click(`#signin button[type=submit]`, chromedp.ByQuery),
		chromedp.WaitVisible(`#comments blockquote`, chromedp.ByQuery),
		chromedp.Text(`#figures`, &figures, chromedp.ByQuery),
		chromedp.Text(`#comments`, &comments, chromedp.ByQuery),
		chromedp.Text(`#agents`, &agents, chromedp.ByQuery),
		chromedp.Text(`#presets [aria-pressed=true]`, &presets, chromedp.ByQuery),
		chromedp.Click(`#comments blockquote button`, chromedp.ByQuery),
		chromedp.Text(`#comments .talk`, &conversation, chromedp.ByQuery),
		chromedp.Title(&title),
		chromedp.Evaluate(`document.querySelectorAll("#report img").length`, &images),
		chromedp.WaitReady(`#trend svg`, chromedp.ByQuery),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`Satisfied visitors\s+\d+ %`).MatchString(figures) || !strings.Contains(comments, comment) ||
		!strings.Contains(comments, "Satisfaction 4") || !strings.Contains(conversation, "demo.manager: Hello") || title != "Survey report" || images != 0 {
		t.Errorf("figures %q, comments %q, conversation %q, title %q, %d images", figures, comments, conversation, title, images)
	}
	if !strings.Contains(presets, "30 days") || strings.Contains(presets, "7 days") {
		t.Errorf("marked presets %q", presets)
	}
	if !strings.Contains(agents, "demo.agent") && !strings.Contains(agents, "faria.masood") {
		t.Errorf("agents %q", agents)
	}
}

// TestAnswersByKeyboard answers a survey without a mouse.
func TestAnswersByKeyboard(t *testing.T) {
	ctx := newPage(t)
	url := cloud(t)
	var thanks string
	err := chromedp.Run(ctx,
		chromedp.Navigate(url+"/s/YWRhLXMtc3VydmV5LWNvZGUtb24tbGFw?lang=de"),
		chromedp.Focus(`input[name=satisfaction][value="1"]`),
		chromedp.KeyEvent(" "),
		chromedp.KeyEvent("\u0303"), // arrow right
		chromedp.Focus(`main button[type=submit]`),
		chromedp.KeyEvent("\r"),
		chromedp.WaitVisible(`a[href^="/s/"]`),
		chromedp.Text(`h1`, &thanks, chromedp.ByQuery),
	)
	if err != nil || !strings.HasPrefix(thanks, "Vielen Dank!") {
		t.Errorf("%q (%v)", thanks, err)
	}
}
