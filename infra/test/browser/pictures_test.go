package browser

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "the folder into which TestPictures writes the documentation's pictures")

const (
	pictureWidth = 1200
	// maxPicture keeps the repository and the README's first view small.
	maxPicture = 150 << 10
)

// TestPictures makes the pictures that README.md shows, chat.png and report.png, from the
// demo's pages. It runs only for `make pictures`.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("make pictures runs this")
	}
	ctx := newPage(t)
	fetchWidget(t) // the page would also fetch it, but within the browser's time limit
	service := cloud(t)

	run(t, ctx, chromedp.EmulateViewport(pictureWidth, 800), chromedp.Navigate(service+"/demo"),
		inFrame(`press(d.querySelector("[class*=chat-button]"))`),
		write(`input[name=name]`, "Grace"), write(`input[name=email]`, "grace@example.net\r"))
	run(t, ctx, write(`[contenteditable]`, "Hello! Does the round teapot pour without dripping?\r"),
		chromedp.Click(`//ul[@id="rooms"]//button[contains(., "Grace")]`, chromedp.BySearch),
		chromedp.WaitVisible(`#messages .theirs p`, chromedp.ByQuery))
	for _, turn := range [][2]string{
		{"Hello Grace! It does: the spout is ground by hand.", "Lovely. And how many cups does it hold?"},
		{"Four large ones, and the strainer is included.", ""},
	} {
		agent, visitor := turn[0], turn[1]
		run(t, ctx, chromedp.SendKeys(`#text`, agent+"\r", chromedp.ByQuery), inFrame(inWidget(agent)))
		if visitor != "" {
			run(t, ctx, write(`[contenteditable]`, visitor+"\r"), inFrame(inWidget(visitor)),
				chromedp.Poll(fmt.Sprintf(`[...document.querySelectorAll("#messages p")].some(e => e.textContent.includes(%q))`, visitor), nil))
		}
	}
	shoot(t, ctx, "chat.png")

	run(t, ctx, chromedp.EmulateViewport(pictureWidth, 1100), chromedp.Navigate(service+"/livechat/reports"),
		chromedp.SendKeys(`#user`, managerID, chromedp.ByQuery), chromedp.SendKeys(`#token`, managerToken+"\r", chromedp.ByQuery),
		chromedp.WaitVisible(`#trend svg`, chromedp.ByQuery), chromedp.Evaluate(`scrollTo(0, 0)`, nil))
	shoot(t, ctx, "report.png")
}

// inWidget is a script for inFrame that finds a message with the text.
func inWidget(text string) string {
	return fmt.Sprintf(`[...d.querySelectorAll("li")].some(e => e.textContent.includes(%q))`, text)
}

// shoot writes a picture of the viewport. Nothing has the focus, because a cursor that
// blinks would make two runs differ.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	var picture []byte
	run(t, ctx, chromedp.Evaluate(`document.activeElement?.blur()`, nil), chromedp.CaptureScreenshot(&picture))
	size, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || size.Width != pictureWidth || len(picture) > maxPicture {
		t.Errorf("%s has %d bytes and is %d wide (%v); want at most %d, and %d", name, len(picture), size.Width, err, maxPicture, pictureWidth)
	}
	path := filepath.Join(*pictures, name)
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d bytes, %d × %d", path, len(picture), size.Width, size.Height)
}
