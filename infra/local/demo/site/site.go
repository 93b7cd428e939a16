// Package site is the page of a website with a chat button, a shop that does not
// exist, and beside it the desk at which its chats are answered. Inside: the
// page, and the stock widget that it embeds as any website does, fetched by npm
// when the page is first asked for. Not inside: any call of the API: widget and
// desk make those that everybody can.
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

// Path of the page. Everything else here is below it.
const Path = "/demo"

// Options of the site.
type Options struct {
	// Port the server listens on: part of the Host that callers must name.
	Port int
	// Packages is the folder whose lock names the widget.
	Packages string
	// Progress gets a line when the widget is fetched.
	Progress io.Writer
}

// New returns the handler of Path and all below. Fetching ends with ctx.
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
	s.widget.fetch() // while the page is read
	var out bytes.Buffer
	// At the desk sits whom everybody can sign in as.
	if err := page.Execute(&out, struct{ User, Token string }{demo.ManagerID, demo.ManagerToken}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	headers(w, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // nobody to tell
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
