// Package site serves the page of an invented shop with a chat button, next to the desk
// at which its chats are answered. The page embeds the stock widget as any website does;
// npm fetches the widget when the page is first requested. Widget and desk use only
// public API calls.
package site

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"io"
	"net/http"
	"path"

	"livechat/infra/local/demo"
	"livechat/infra/local/loopback"
)

// Path is the path of the page. All other paths of the site are below it.
const Path = "/demo"

// Options configures the site.
type Options struct {
	// Port is the server's port. Callers must name it in the Host header.
	Port int
	// Packages is the folder whose lock file names the widget.
	Packages string
	// Progress receives a line when the widget is fetched.
	Progress io.Writer
}

// New returns the handler of Path and everything below. Fetching stops when ctx ends.
func New(ctx context.Context, o Options) http.Handler {
	s := site{widget: newWidget(ctx, o.Packages, o.Progress)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo", s.page)
	mux.Handle("GET /demo/{$}", http.RedirectHandler(Path, http.StatusFound))
	mux.HandleFunc("GET /demo/page.css", asset)
	mux.HandleFunc("GET /demo/icon.svg", asset)
	mux.HandleFunc("GET /demo/embed.js", asset)
	mux.HandleFunc("GET /demo/desk.js", asset)
	mux.HandleFunc("GET /demo/widget", s.state)
	mux.HandleFunc("GET /demo/livechat", s.frame)
	mux.HandleFunc("GET /demo/livechat/{file}", s.file)
	return loopback.Guard(o.Port, mux)
}

type site struct{ widget *widget }

//go:embed page.html page.css icon.svg embed.js desk.js
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

func (s site) page(w http.ResponseWriter, _ *http.Request) {
	s.widget.fetch() // in the background
	var out bytes.Buffer
	// The desk is signed in as the demo's manager, whose token is public.
	if err := page.Execute(&out, struct{ User, Token string }{demo.ManagerID, demo.ManagerToken}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	headers(w, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // the client may be gone
}

func asset(w http.ResponseWriter, r *http.Request) {
	headers(w, "default-src 'none'")
	http.ServeFileFS(w, r, files, path.Base(r.URL.Path))
}

func headers(w http.ResponseWriter, policy string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", policy)
}
