package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// policy is a Content-Security-Policy that forbids all but what it is given.
func policy(allowed ...string) string {
	return strings.Join(append([]string{"default-src 'none'"}, allowed...), "; ") +
		"; base-uri 'none'; frame-ancestors 'none'"
}

// inlined returns the source by which a policy allows that very text inline.
func inlined(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// write answers with a page. Its address may be a secret, as that of a survey
// is: nothing is cached, told to other sites, or found by search engines.
func write(w http.ResponseWriter, r *http.Request, status int, policy string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		// Not every server drops the body by itself, as Go's own does.
		return
	}
	// Nobody is left to tell that the caller has hung up.
	_, _ = w.Write(body)
}
