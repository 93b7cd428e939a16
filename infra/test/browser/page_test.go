package browser

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// newPage opens Chromium. It skips the test if LIVECHAT_BROWSER=none says that there is
// no browser.
func newPage(t *testing.T) context.Context {
	t.Helper()
	if os.Getenv("LIVECHAT_BROWSER") == "none" {
		t.Skip("LIVECHAT_BROWSER=none: no browser on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("no-proxy-server", true))
	// Do not use the test's context: its end would kill the browser. A closed browser
	// leaves no process that still writes to its profile.
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("start Chromium (Debian: apt install chromium; or set LIVECHAT_BROWSER=none to skip these tests): %v", err)
	}
	t.Cleanup(func() { shut(ctx) })
	page, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return page
}

// shut closes the browser, which fails if the browser has already ended.
func shut(browser context.Context) {
	ctx, cancel := context.WithTimeout(browser, 10*time.Second)
	defer cancel()
	_ = chromedp.Cancel(ctx)
}

// waiting is how long a test waits for a page to show something.
const waiting = 40 * time.Second

// run executes the actions on the page. If they fail, it reports the page's text.
func run(t *testing.T, page context.Context, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(page, waiting)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var text string
		_ = chromedp.Run(page, chromedp.Text(`body`, &text, chromedp.ByQuery)) // the text may be missing
		t.Fatalf("%v; the page shows %q", err, text)
	}
}
