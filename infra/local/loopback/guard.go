// Package loopback limits local servers to requests from this machine.
package loopback

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// Guard refuses requests that a foreign page could make a browser send to the server on
// that port: requests with a Host that DNS resolves to this machine, and changes
// requested by another origin.
func Guard(port int, next http.Handler) http.Handler {
	hosts := ownHosts(port)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(hosts, r.Host) {
			refuse(w, fmt.Sprintf("the Host %q is not this machine; use http://%s", r.Host, hosts[0]))
			return
		}
		if changes(r) && foreignOrigin(r, hosts) {
			refuse(w, fmt.Sprintf("pages of %s may not change this cloud", r.Header.Get("Origin")))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func ownHosts(port int) []string {
	var hosts []string
	for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
		hosts = append(hosts, name+":"+strconv.Itoa(port))
		if port == 80 {
			hosts = append(hosts, name) // clients omit the default port
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

func refuse(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusForbidden)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": why}) // the client may be gone
}
