package web

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"strings"
	"sync"
)

// docs.html and openapi.json are generated: go run ./infra/openapi/generate
var (
	//go:embed docs.html
	docsHTML string
	//go:embed openapi.json
	document string

	//go:embed docs.css
	docsCSS string
)

// docsPage returns the whole page, and the content security policy that allows only its
// style.
var docsPage = sync.OnceValues(func() (string, string) {
	body := strings.Replace(docsHTML, "{{style}}", docsCSS, 1)
	return body, "default-src 'none'; style-src '" + hashOf(docsCSS) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// documentPath is the path of the OpenAPI document.
const documentPath = "/api/v1/openapi.json"

// exampleAddress is the service's address in the generated files.
const exampleAddress = "http://localhost:3000"

// requestAddress returns the address at which the client called the service.
func requestAddress(r *http.Request) string {
	scheme := "https"
	if r.Header.Get("X-Forwarded-Proto") == "http" {
		scheme = "http"
	}
	return scheme + "://" + r.Host
}

// Docs answers GET /docs with the API's documentation, and GET /api/v1/openapi.json with
// the OpenAPI document. Both name the address of the request.
func Docs() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == documentPath {
			guard(w.Header(), bareDocumentPolicy)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusOK)
			quoted, _ := json.Marshal(requestAddress(r)) // a string can always be marshalled
			body := strings.ReplaceAll(document, exampleAddress, strings.Trim(string(quoted), `"`))
			_, _ = io.WriteString(w, body) // fails only if the caller has hung up
			return
		}
		body, policy := docsPage()
		body = strings.ReplaceAll(body, exampleAddress, template.HTMLEscapeString(requestAddress(r)))
		writePage(w, r, http.StatusOK, policy, []byte(body))
	})
}
