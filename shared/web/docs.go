package web

import (
	_ "embed"
	"net/http"
	"strings"
	"sync"
)

// docs.html and openapi.json are generated: go run ./infra/openapi/generate
var (
	//go:embed docs.html
	docsHTML string
	//go:embed openapi.json
	document []byte

	//go:embed docs.css
	docsCSS string
)

// docsPage returns the whole page, and the content security policy that allows only its
// style.
var docsPage = sync.OnceValues(func() ([]byte, string) {
	body := strings.Replace(docsHTML, "{{style}}", docsCSS, 1)
	return []byte(body), "default-src 'none'; style-src '" + hashOf(docsCSS) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// documentPath is the path of the OpenAPI document.
const documentPath = "/api/v1/openapi.json"

// Docs answers GET /docs with the API's documentation, and GET /api/v1/openapi.json with
// the OpenAPI document.
func Docs() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == documentPath {
			guard(w.Header(), "default-src 'none'")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusOK)
			_, _ = w.Write(document) // fails only if the caller has hung up
			return
		}
		body, policy := docsPage()
		writePage(w, r, http.StatusOK, policy, body)
	})
}
