package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDemoPage lets a visitor of the demo's shop chat with the desk next to it. The
// visitor's message is an attack, which must be shown as text.
func TestDemoPage(t *testing.T) {
	ctx := newPage(t)
	fetchWidget(t) // the page would also fetch it, but within the browser's time limit
	service := cloud(t)
	troubles := watch(t, ctx)
	const attack = `<img src=x onerror="document.title='hacked'"> teapots?`

	run(t, ctx,
		chromedp.EmulateViewport(1400, 900), // both halves side by side
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
	// The page reloads the widget, which cancels the widget's pending requests, and the
	// console reports that. A failed request would be reported differently.
	troubles.want(t, append([]string{`^console: "Connecting error: " TypeError: Failed to fetch`}, harmless...)...)
}

// inFrame waits until the script is true. The script uses d, the document in the frame,
// and w, the widget. It may press a button.
func inFrame(script string) chromedp.Action {
	return chromedp.Poll(fmt.Sprintf(`(() => {
		const f = document.getElementById("rocketchat-iframe"), d = f?.contentDocument, w = f?.closest(".rocketchat-widget");
		const press = (button) => { button?.click(); return button; };
		const enter = (input) => { input?.focus(); return input; };
		return Boolean(d && (%s));
	})()`, script), nil)
}

// write types a text into the element that the selector finds in the widget.
func write(selector, text string) chromedp.Action {
	return chromedp.Tasks{inFrame(fmt.Sprintf("enter(d.querySelector(%q))", selector)), chromedp.KeyEvent(text)}
}
