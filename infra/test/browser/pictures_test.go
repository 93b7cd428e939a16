package browser

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "the folder into which TestPictures writes the documentation's pictures")

const (
	pictureWidth = 1200
	// maxPicture keeps the repository and the README's first view small.
	maxPicture = 100_000
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
	const first, question, second = "Hello Grace! It does: the spout is ground by hand.", "Lovely. And how many cups does it hold?",
		"Four large ones, and the strainer is included."
	run(t, ctx, chromedp.SendKeys(`#text`, first+"\r", chromedp.ByQuery), inFrame(inWidget(first)))
	run(t, ctx, write(`[contenteditable]`, question+"\r"),
		chromedp.Poll(fmt.Sprintf(`[...document.querySelectorAll("#messages p")].some(e => e.textContent === %q)`, question), nil))
	// The page reloads the widget only while its visitor is elsewhere.
	run(t, ctx, chromedp.SendKeys(`#text`, second+"\r", chromedp.ByQuery), inFrame(inWidget(question)+" && "+inWidget(second)))
	run(t, ctx, write(`[contenteditable]`, "Perfect, I will take one"), inFrame(`!d.querySelector("[class*='messages--loading']")`))
	shoot(t, ctx, "chat.png")

	run(t, ctx, chromedp.EmulateViewport(pictureWidth, 1150), chromedp.Navigate(service+"/livechat/reports"),
		chromedp.SendKeys(`#user`, managerID, chromedp.ByQuery), chromedp.SendKeys(`#token`, managerToken+"\r", chromedp.ByQuery),
		chromedp.WaitVisible(`#trend svg`, chromedp.ByQuery), chromedp.Evaluate(`scrollTo(0, 0)`, nil))
	shoot(t, ctx, "report.png")
}

// inWidget is a script for inFrame that finds a message with the text.
func inWidget(text string) string {
	return fmt.Sprintf(`[...d.querySelectorAll("li")].some(e => e.textContent.includes(%q))`, text)
}

// shoot writes a picture of the viewport. Nothing has the focus, because a blinking cursor
// would make two runs differ.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	var taken []byte
	run(t, ctx, chromedp.Evaluate(`document.activeElement?.blur()`, nil), chromedp.CaptureScreenshot(&taken))
	full, err := png.Decode(bytes.NewReader(taken))
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, paletted(full)); err != nil {
		t.Fatal(err)
	}
	size := full.Bounds().Size()
	if size.X != pictureWidth || small.Len() > maxPicture {
		t.Errorf("%s has %d bytes and is %d wide, want at most %d, and %d", name, small.Len(), size.X, maxPicture, pictureWidth)
	}
	path := filepath.Join(*pictures, name)
	if err := os.WriteFile(path, small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d bytes, %d × %d", path, small.Len(), size.X, size.Y)
}

// paletted returns the picture in its 256 most frequent colours, which halves its file.
func paletted(full image.Image) *image.Paletted {
	counts := map[color.Color]int{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			counts[full.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int { return counts[b] - counts[a] })
	reduced := image.NewPaletted(full.Bounds(), colors[:min(len(colors), 256)])
	draw.Draw(reduced, full.Bounds(), full, image.Point{}, draw.Src)
	return reduced
}
