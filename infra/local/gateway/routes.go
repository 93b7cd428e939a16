package gateway

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"livechat/infra/local/template"
)

// routes is sorted so that the first match is the most specific route.
type routes []route

type route struct {
	template.Route
	segments []string
}

// match is a matched route with its decoded path parameters.
type match struct {
	route      template.Route
	parameters map[string]string
}

func newRoutes(declared []template.Route) routes {
	var out routes
	for _, d := range declared {
		out = append(out, route{Route: d, segments: strings.Split(d.Path, "/")})
	}
	slices.SortStableFunc(out, compare)
	return out
}

func (rs routes) match(method, escapedPath string) (match, bool) {
	segments := strings.Split(escapedPath, "/")
	for _, r := range rs {
		if r.Method != method && r.Method != "ANY" {
			continue
		}
		if parameters, ok := r.parameters(segments); ok {
			return match{route: r.Route, parameters: parameters}, true
		}
	}
	return match{}, false
}

// masked returns the path to record for a request without a matching route. If a route
// matches except for the method, masked returns the route's path, because the parameters
// in the request's path may be secrets.
func (rs routes) masked(path, escapedPath string) string {
	segments := strings.Split(escapedPath, "/")
	for _, r := range rs {
		if parameters, ok := r.parameters(segments); ok && parameters != nil {
			return r.Path
		}
	}
	return path
}

// parameters returns the decoded parameters in the path. It returns false if the route
// does not match the path.
func (r route) parameters(path []string) (map[string]string, bool) {
	if r.Path == "$default" {
		return nil, true
	}
	var found map[string]string
	for i, want := range r.segments {
		if i >= len(path) {
			return nil, false
		}
		name, greedy := parameterName(want)
		got := path[i]
		if greedy {
			got = strings.Join(path[i:], "/")
		}
		decoded, err := url.PathUnescape(got)
		switch {
		case err != nil:
			return nil, false
		case name == "" && decoded != want:
			return nil, false
		case name == "":
			continue
		case decoded == "":
			return nil, false
		}
		if found == nil {
			found = map[string]string{}
		}
		found[name] = decoded
		if greedy {
			return found, true
		}
	}
	return found, len(path) == len(r.segments)
}

// parameterName returns the name in a segment {name} or {name+}, or an empty string for
// plain text.
func parameterName(segment string) (name string, greedy bool) {
	if !strings.HasPrefix(segment, "{") || !strings.HasSuffix(segment, "}") {
		return "", false
	}
	return strings.CutSuffix(segment[1:len(segment)-1], "+")
}

// compare orders more specific routes first. It compares segment by segment. Plain text
// precedes a parameter, and a parameter precedes a greedy parameter. If all segments are
// equal, a method precedes ANY. $default is last.
func compare(a, b route) int {
	for i := range min(len(a.segments), len(b.segments)) {
		if c := cmp.Compare(vagueness(a.segments[i]), vagueness(b.segments[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(methodVagueness(a.Method), methodVagueness(b.Method))
}

func vagueness(segment string) int {
	name, greedy := parameterName(segment)
	switch {
	case segment == "$default":
		return 3
	case greedy:
		return 2
	case name != "":
		return 1
	default:
		return 0
	}
}

func methodVagueness(method string) int {
	if method == "ANY" {
		return 1
	}
	return 0
}
