package site

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"golang.org/x/sync/singleflight"

	"livechat/infra/npm"
)

// widget is the stock one, in npm's folder: it is fetched and not kept here.
type widget struct {
	// living is the time in which it may be fetched.
	living   context.Context // many requests wait for one fetching, which is none's own
	packages npm.Folder
	progress io.Writer
	fetching singleflight.Group
}

func newWidget(living context.Context, folder string, progress io.Writer) *widget {
	if progress == nil {
		progress = io.Discard
	}
	return &widget{living: living, packages: npm.Folder{Path: folder, What: "the chat widget"}, progress: progress}
}

// fetch has the widget fetched, if need be. After a failure, the next one tries
// again.
func (w *widget) fetch() <-chan singleflight.Result {
	return w.fetching.DoChan("", func() (any, error) {
		return nil, w.packages.Install(w.living, w.progress)
	})
}

// await returns once the widget is there, or why it is not.
func (w *widget) await(ctx context.Context) error {
	select {
	case fetched := <-w.fetch():
		return fetched.Err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (w *widget) build() string {
	return filepath.Join(w.packages.Path, "node_modules", "@rocket.chat", "livechat", "build")
}

// state tells the page whether the widget is there, once that is known.
func (s site) state(w http.ResponseWriter, r *http.Request) {
	headers(w, "default-src 'none'")
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{"ready": true}
	if err := s.widget.await(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		answer = map[string]any{"ready": false, "error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(answer) // nobody to tell
}

// frame is the widget's own document. It loads its scripts from livechat/, so
// its path must not end in a slash.
func (s site) frame(w http.ResponseWriter, r *http.Request) { s.serve(w, r, "index.html") }

func (s site) file(w http.ResponseWriter, r *http.Request) { s.serve(w, r, r.PathValue("file")) }

func (s site) serve(w http.ResponseWriter, r *http.Request, name string) {
	// As the widget is: it writes styles into its document, and knows no better
	// way to its global object than eval, without which it finds one, too.
	headers(w, "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "+
		"media-src 'self' data:; font-src 'self' data:; connect-src 'self' ws://"+r.Host+"; base-uri 'none'; frame-ancestors 'self'")
	if err := s.widget.await(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	http.ServeFileFS(w, r, os.DirFS(s.widget.build()), name)
}
