package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"livechat/shared/livechat"
)

// parameter is a query parameter that a call knows.
type parameter struct {
	name     string
	required bool
}

// readQuery returns the query's parameters by name. It refuses those the call
// does not know, those that are more than one text, and then missing ones, in
// the words of the wire format's own matcher.
func readQuery(r *http.Request, known ...parameter) (map[string]string, error) {
	values := map[string]string{}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, bracket, bracketed := strings.Cut(unescape(rawName), "[")
		bracketed = bracketed && name != "" && strings.Contains(bracket, "]")
		if !bracketed {
			name = unescape(rawName)
		}
		if !slices.ContainsFunc(known, func(p parameter) bool { return p.name == name }) {
			return nil, livechat.Refuse("Match error: Unknown key in field " + name)
		}
		if _, twice := values[name]; twice || bracketed {
			return nil, livechat.Refuse("Match error: Expected string, got object in field " + name)
		}
		values[name] = unescape(rawValue)
	}
	for _, p := range known {
		if _, there := values[p.name]; p.required && !there {
			return nil, livechat.Refuse("Match error: Missing key '" + p.name + "'")
		}
	}
	return values, nil
}

// unescape decodes what is percent-encoded, and leaves as it is what only
// looks so.
func unescape(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return plain
}
