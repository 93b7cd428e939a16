package console

import (
	"net/http"

	"livechat/infra/local/loopback"
)

// guard refuses requests that a foreign page made a browser send, see [loopback.Guard]. It
// also sets the headers that restrict what the console's own pages may load.
func guard(port int, next http.Handler) http.Handler {
	return loopback.Guard(port, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	}))
}
