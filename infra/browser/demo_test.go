package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDemoPage has a visitor of the demo's shop chat with the desk beside it.
// What the visitor writes is an attack, and shown as text.
func TestDemoPage(t *testing.T) {
	ctx := newPage(t)
	fetchWidget(t) // which would be fetched for the page, but in time of the browser's
	service := cloud(t)
	troubles := watch(t, ctx)
	const attack = `<img src=x onerror="document.title='hacked'"> teapots?`

	run(t, ctx,
		chromedp.EmulateViewport(1400, 900), // both halves beside each other
		chromedp.Navigate(service+"/demo"),
		inFrame(`press(d.querySelector("[class*=chat-button]"))`),
		write(`input[name=name]`, "Grace"),
		write(`input[name=email]`, "grace@example.net\r"),
		write(`[contenteditable]`, attack+"\r"),
	)
	var title, shown string
	var images int
	const theirs = `#messages .theirs p`
	run(t, ctx,
		chromedp.Click(`//ul[@id="rooms"]//button[contains(., "Grace")]`, chromedp.BySearch),
		chromedp.Text(theirs, &shown, chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelectorAll(".desk img").length`, &images),
		chromedp.Title(&title),
	)
	if shown != attack || images != 0 || title != "The Kettle Shelf" {
		t.Errorf("the desk shows %q, %d images, under the title %q", shown, images, title)
	}

	run(t, ctx,
		chromedp.SendKeys(`#text`, "Yes, round ones", chromedp.ByQuery),
		chromedp.Click(`#answer button`, chromedp.ByQuery),
		inFrame(`[...d.querySelectorAll("li")].some(e => e.textContent.includes("Yes, round ones"))`),
		inFrame(`w.dataset.state === "opened"`),
		chromedp.Click(`#close`, chromedp.ByQuery),
		chromedp.WaitNotVisible(`#room`, chromedp.ByQuery),
		inFrame(`d.querySelector("[contenteditable]") && !d.body.textContent.includes("Yes, round ones")`),
		chromedp.Title(&title),
	)
	if title != "The Kettle Shelf" {
		t.Errorf("the page's title is now %q", title)
	}
	// The page loads the widget anew: what that asked for meanwhile is cancelled, and
	// its console says so. A request that failed would be told apart from it.
	troubles.want(t, append([]string{`^console: "Connecting error: " TypeError: Failed to fetch`}, harmless...)...)
}

// inFrame waits until the script, about the document d in the frame of the
// widget w, holds. It may press a button there.
func inFrame(script string) chromedp.Action {
	return chromedp.Poll(fmt.Sprintf(`(() => {
		const f = document.getElementById("rocketchat-iframe"), d = f?.contentDocument, w = f?.closest(".rocketchat-widget");
		const press = (button) => { button?.click(); return button; };
		const enter = (input) => { input?.focus(); return input; };
		return Boolean(d && (%s));
	})()`, script), nil)
}

// write types a text where the selector says, in the widget.
func write(selector, text string) chromedp.Action {
	return chromedp.Tasks{inFrame(fmt.Sprintf("enter(d.querySelector(%q))", selector)), chromedp.KeyEvent(text)}
}
