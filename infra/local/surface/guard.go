package surface

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// guard refuses what a foreign page could make a browser send: a Host that some
// DNS points at this machine, and changes asked for by another origin.
func guard(port int, next http.Handler) http.Handler {
	hosts := ownHosts(port)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(hosts, r.Host) {
			refuse(w, http.StatusForbidden, fmt.Sprintf("the Host %q is not this machine's; use http://%s", r.Host, hosts[0]))
			return
		}
		if changes(r) && foreignOrigin(r, hosts) {
			refuse(w, http.StatusForbidden, fmt.Sprintf("pages of %s may not change this cloud", r.Header.Get("Origin")))
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}

func ownHosts(port int) []string {
	var hosts []string
	for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
		hosts = append(hosts, name+":"+strconv.Itoa(port))
		if port == 80 {
			hosts = append(hosts, name) // clients leave out the usual port
		}
	}
	return hosts
}

func changes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead
}

func foreignOrigin(r *http.Request, hosts []string) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && !slices.ContainsFunc(hosts, func(h string) bool { return origin == "http://"+h })
}
