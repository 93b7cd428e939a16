package browser

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// newPage opens Chromium, or skips where LIVECHAT_BROWSER=none says that there is
// none to be had.
func newPage(t *testing.T) context.Context {
	t.Helper()
	if os.Getenv("LIVECHAT_BROWSER") == "none" {
		t.Skip("LIVECHAT_BROWSER=none: no browser on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("no-proxy-server", true))
	// Not the test's context, at whose end the browser would be killed: closed, it
	// leaves no process behind that still writes its profile.
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("start Chromium (Debian: apt install chromium; or LIVECHAT_BROWSER=none to leave these tests out): %v", err)
	}
	t.Cleanup(func() { shut(ctx) })
	page, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return page
}

// shut closes the browser. One that has ended by itself cannot be closed.
func shut(browser context.Context) {
	ctx, cancel := context.WithTimeout(browser, 10*time.Second)
	defer cancel()
	_ = chromedp.Cancel(ctx)
}

// waiting is for how long a test waits for what a page is to show.
const waiting = 40 * time.Second

// run does the actions on the page, and tells what it shows when they fail.
func run(t *testing.T, page context.Context, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(page, waiting)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var text string
		_ = chromedp.Run(page, chromedp.Text(`body`, &text, chromedp.ByQuery)) // at worst there is none
		t.Fatalf("%v; the page says %q", err, text)
	}
}
