package console

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"livechat/shared/version"
)

//go:embed page.html page.css page.js
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"join":  func(lists ...[]string) string { return joined(lists) },
	"short": func(text string) string { return strings.TrimSuffix(strings.Replace(text, "T", " ", 1), ".000Z") },
	"hour":  func(t time.Time) string { return t.UTC().Format(time.TimeOnly) },
}).ParseFS(files, "page.html"))

func joined(lists [][]string) string {
	var all []string
	for _, list := range lists {
		all = append(all, list...)
	}
	return strings.Join(all, ", ")
}

// page serves the page with the cloud's current state. The page's script keeps it up to
// date.
func (s *handlers) page(w http.ResponseWriter, _ *http.Request) {
	var out bytes.Buffer
	err := page.Execute(&out, struct {
		view
		Database Database
		Version  string
	}{s.view(), s.options.Database(), version.Number})
	if err != nil {
		writeError(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // the client may be gone
}

func asset(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, path.Base(r.URL.Path))
}
