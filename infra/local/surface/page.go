package surface

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"livechat/infra/local/gateway"
)

//go:embed page.html page.css page.js
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"join":  func(s []string) string { return strings.Join(s, ", ") },
	"clock": func(t time.Time) string { return t.UTC().Format(timeFormat) },
	"hour":  func(t time.Time) string { return t.UTC().Format(time.TimeOnly) },
}).ParseFS(files, "page.html"))

// page shows the cloud as it is; its script keeps it so.
func (s *surface) page(w http.ResponseWriter, _ *http.Request) {
	var out bytes.Buffer
	err := page.Execute(&out, struct {
		Now       time.Time
		Functions []Function
		Requests  []gateway.Request
		Database  Database
	}{s.o.Clock.Now(), s.o.Functions(), s.o.History.Latest(), s.o.Database})
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // nobody to tell
}

func asset(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, path.Base(r.URL.Path))
}
