package browser

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// harmless are the stock widget's normal console messages: there is no websocket, and no
// sound is configured.
var harmless = []string{
	`^WebSocket connection to 'ws://[^']*/websocket' failed: .*404`,
	`^WebSocket is already in CLOSING or CLOSED state`,
	`^console: "Connecting error: " Event`,
	`no supported source`,
}

// TestStockWidget runs a visitor's session with the unmodified published widget, on a
// page with another origin than the service.
func TestStockWidget(t *testing.T) {
	ctx := newPage(t)
	service := cloud(t)
	website := widgetSite(t, service)
	troubles := watch(t, ctx)
	show := chromedp.Navigate(website + "/livechat?mode=popout&serverUrl=" + url.QueryEscape(service))

	// The form appears as soon as the websocket is refused, which happens immediately. A
	// widget without an answer gives up after 20 seconds.
	began := time.Now()
	run(t, ctx, show, chromedp.WaitVisible(`input[name=name]`, chromedp.ByQuery))
	if waited := time.Since(began); waited > 12*time.Second {
		t.Errorf("the form appeared after %s", waited)
	}
	run(t, ctx,
		chromedp.SendKeys(`input[name=name]`, "Grace", chromedp.ByQuery),
		chromedp.SendKeys(`input[name=email]`, "grace@example.net", chromedp.ByQuery),
		chromedp.Click(`button[form=register], form button`, chromedp.ByQuery),
		say("Do you have teapots?"),
		waitText("Do you have teapots?"),
	)
	first := roomOf(t, service, "Grace")
	call(t, http.MethodPost, service+"/api/v1/chat.postMessage", `{"roomId":"`+first+`","text":"Yes, round ones"}`, manager...)
	run(t, ctx, show, waitText("Yes, round ones"), waitText("Do you have teapots?"))

	run(t, ctx, finish(), chromedp.WaitVisible(`//button[contains(., "New Chat")]`, chromedp.BySearch))
	if rooms := openRooms(t, service, "Grace"); len(rooms) != 0 {
		t.Errorf("open rooms after the end: %v", rooms)
	}
	run(t, ctx,
		chromedp.Click(`//button[contains(., "New Chat")]`, chromedp.BySearch),
		say("One more thing"),
		waitText("One more thing"),
	)
	if second := roomOf(t, service, "Grace"); second == first {
		t.Errorf("the new chat is in the old room %s", first)
	}
	troubles.want(t, harmless...)
}

// widgetPolicy returns the policy with which infra/deploying.md tells websites to serve the
// widget's page, because the widget puts messages into the page as HTML.
func widgetPolicy(service string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: " + service + "; " +
		"media-src 'self' data:; font-src 'self' data:; connect-src " + service + " " + strings.Replace(service, "http", "ws", 1) + "; " +
		"base-uri 'none'; form-action 'none'"
}

// widgetSite serves the widget like its own server, and returns its origin.
func widgetSite(t *testing.T, service string) string {
	t.Helper()
	build := os.DirFS(filepath.Join(fetchWidget(t), "node_modules", "@rocket.chat", "livechat", "build"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livechat", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", widgetPolicy(service))
		http.ServeFileFS(w, r, build, "index.html")
	})
	mux.Handle("GET /livechat/", http.StripPrefix("/livechat/", http.FileServerFS(build)))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// fetchWidget returns the folder with the widget's package.
func fetchWidget(t *testing.T) string { return fetchPackages(t, "infra", "test", "clients", "widget") }

// fetchPackages installs the npm packages of the repository's folder, and returns its path.
func fetchPackages(t *testing.T, folder ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{repository(t)}, folder...)...)
	install := exec.Command("go", "run", "./infra/tools/npm/install", path)
	install.Dir, install.Stderr = repository(t), os.Stderr
	if err := install.Run(); err != nil {
		t.Fatalf("install npm's packages: %v", err)
	}
	return path
}

// say types a text into the widget and sends it.
func say(text string) chromedp.Action {
	return chromedp.SendKeys(`[contenteditable]`, text+"\r", chromedp.ByQuery)
}

// finish ends the chat with the widget's menu, and confirms.
func finish() chromedp.Action {
	return chromedp.Tasks{
		chromedp.Click(`//button[contains(., "Options")]`, chromedp.BySearch),
		chromedp.Click(`//button[contains(., "Finish this chat")]`, chromedp.BySearch),
		chromedp.Click(`//button[normalize-space() = "Yes"]`, chromedp.BySearch),
	}
}

// waitText waits until the widget shows the text as a message.
func waitText(text string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		quoted, err := json.Marshal(text)
		if err != nil {
			return err
		}
		script := `[...document.querySelectorAll("li, [class*=message]")].some(e => e.textContent.includes(` + string(quoted) + `))`
		return chromedp.Poll(script, nil).Do(ctx)
	})
}

// roomOf returns the visitor's only open room.
func roomOf(t *testing.T, service, name string) string {
	t.Helper()
	rooms := openRooms(t, service, name)
	if len(rooms) != 1 {
		t.Fatalf("open rooms of %s: %v", name, rooms)
	}
	return rooms[0]
}

func openRooms(t *testing.T, service, name string) (ids []string) {
	t.Helper()
	var found struct {
		Rooms []struct {
			ID    string `json:"_id"`
			Fname string
		}
	}
	answer := call(t, http.MethodGet, service+"/api/v1/livechat/rooms?open=true", "", manager...)
	if err := json.NewDecoder(strings.NewReader(answer)).Decode(&found); err != nil {
		t.Fatal(err)
	}
	for _, room := range found.Rooms {
		if room.Fname == name {
			ids = append(ids, room.ID)
		}
	}
	return ids
}
