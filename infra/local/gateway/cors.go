package gateway

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"livechat/infra/local/template"
)

// isPreflight reports whether r is a CORS preflight request. The gateway answers
// preflight requests itself, whether or not a route matches.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions &&
		r.Header.Get("Origin") != "" &&
		r.Header.Get("Access-Control-Request-Method") != ""
}

// allow adds the CORS headers if the request's origin is allowed.
func allow(h http.Header, r *http.Request, c template.CORS, preflight bool) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	allowed := allowedOrigin(origin, c)
	if allowed != "*" {
		h.Add("Vary", "Origin")
	}
	if allowed == "" {
		return
	}
	h.Set("Access-Control-Allow-Origin", allowed)
	if c.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if !preflight {
		list(h, "Access-Control-Expose-Headers", c.ExposeHeaders)
		return
	}
	list(h, "Access-Control-Allow-Methods", c.Methods)
	list(h, "Access-Control-Allow-Headers", c.Headers)
	if c.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(c.MaxAge))
	}
}

// allowedOrigin returns the value of Access-Control-Allow-Origin, or an empty string if
// origin is not allowed.
func allowedOrigin(origin string, c template.CORS) string {
	if slices.Contains(c.Origins, "*") && !c.Credentials {
		return "*"
	}
	for _, o := range c.Origins {
		scheme, anyHost := strings.CutSuffix(o, "*")
		if o == origin || anyHost && strings.HasPrefix(origin, scheme) {
			return origin
		}
	}
	return ""
}

func list(h http.Header, name string, values []string) {
	if len(values) > 0 {
		h.Set(name, strings.Join(values, ","))
	}
}
