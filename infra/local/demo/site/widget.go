package site

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"golang.org/x/sync/singleflight"

	"livechat/infra/tools/npm"
)

// widget is the stock widget in npm's folder. It is fetched, not kept in the repository.
type widget struct {
	// living bounds the fetch.
	living   context.Context // many requests share one fetch, so it uses no request's context
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

// fetch starts fetching the widget if necessary. After a failure, the next call tries
// again.
func (w *widget) fetch() <-chan singleflight.Result {
	return w.fetching.DoChan("", func() (any, error) {
		return nil, w.packages.Install(w.living, w.progress)
	})
}

// await returns once the widget is available, or the reason why it is not.
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

// state answers, once known, whether the widget is available.
func (s site) state(w http.ResponseWriter, r *http.Request) {
	headers(w, "default-src 'none'")
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]any{"ready": true}
	if err := s.widget.await(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		answer = map[string]any{"ready": false, "error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(answer) // the client may be gone
}

// frame serves the widget's own document. The document loads its scripts from livechat/,
// so its path must not end in a slash.
func (s site) frame(w http.ResponseWriter, r *http.Request) { s.serve(w, r, "index.html") }

func (s site) file(w http.ResponseWriter, r *http.Request) { s.serve(w, r, r.PathValue("file")) }

func (s site) serve(w http.ResponseWriter, r *http.Request, name string) {
	// The widget needs this policy: it writes styles into its document. It tries eval to
	// find its global object, but works without it.
	headers(w, "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "+
		"media-src 'self' data:; font-src 'self' data:; connect-src 'self' ws://"+r.Host+"; base-uri 'none'; frame-ancestors 'self'")
	if err := s.widget.await(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	http.ServeFileFS(w, r, os.DirFS(s.widget.build()), name)
}
