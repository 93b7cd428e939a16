package web

import (
	_ "embed"
	"net/http"
	"strings"
	"sync"
)

var (
	//go:embed reports.html
	reportsHTML string
	//go:embed reports.css
	reportsCSS string
	//go:embed reports.js
	reportsJS string
)

// reportsPage returns the whole page, and the content security policy that allows only
// its style and script.
var reportsPage = sync.OnceValues(func() ([]byte, string) {
	body := strings.NewReplacer("{{style}}", reportsCSS, "{{script}}", reportsJS).Replace(reportsHTML)
	return []byte(body), "default-src 'none'; style-src '" + hashOf(reportsCSS) + "'; script-src '" + hashOf(reportsJS) +
		"'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// Reports answers GET /livechat/reports with a page on which a supervisor signs in and sees
// the survey report. The page contains no data: it calls GET livechat/survey.report, and
// keeps the credentials only in memory.
func Reports() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, policy := reportsPage()
		writePage(w, r, http.StatusOK, policy, body)
	})
}
