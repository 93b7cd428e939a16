package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"livechat/shared/livechat"
)

// parameter is a query parameter that a call accepts.
type parameter struct {
	name     string
	required bool
	// list allows the parameter more than once, as name or as name[].
	list bool
}

// query holds a request's query parameters by name.
type query struct{ url.Values }

// readQuery returns the query's parameters. It first refuses unknown parameters and
// repeated parameters that are not lists, then missing parameters. The error texts are
// part of the wire format.
func readQuery(r *http.Request, known ...parameter) (query, error) {
	q := query{url.Values{}}
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
		at := slices.IndexFunc(known, func(p parameter) bool { return p.name == name })
		if at < 0 {
			return q, livechat.NewRefusal("Match error: Unknown key in field " + name)
		}
		if !known[at].list && (q.Has(name) || bracketed) {
			return q, livechat.NewRefusal("Match error: Expected string, got object in field " + name)
		}
		q.Add(name, unescape(rawValue))
	}
	for _, p := range known {
		if p.required && !q.Has(p.name) {
			return q, livechat.NewRefusal("Match error: Missing key '" + p.name + "'")
		}
	}
	return q, nil
}

// text returns a parameter's text. It returns an empty text for "undefined", which
// clients send when they have no value.
func (q query) text(name string) string {
	if text := q.Get(name); text != "undefined" {
		return text
	}
	return ""
}

// number returns the parameter's whole number, but not more than limit. If the parameter
// is absent, empty or zero, it returns defaultValue. It refuses a negative number.
func (q query) number(name string, defaultValue, limit int) (int, error) {
	text := q.text(name)
	if text == "" {
		return defaultValue, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, livechat.NewRefusal("Match error: Expected number, got string in field " + name)
	}
	if n == 0 {
		return defaultValue, nil
	}
	return min(n, limit), nil
}

// offset returns how many elements of a list to skip. If there are more than limit, it
// fails, and the error text recommends the alternative, for example another parameter.
func (q query) offset(limit int, alternative string) (int, error) {
	n, err := q.number("offset", 0, limit+1)
	if n > limit {
		return 0, livechat.NewRefusal(fmt.Sprintf("Match error: Expected a number up to %d in field offset; go on with %s", limit, alternative))
	}
	return n, err
}

// time returns a time, or 0 if the parameter is absent or empty.
func (q query) time(name string) (livechat.Time, error) {
	text := q.text(name)
	if text == "" {
		return 0, nil
	}
	t, ok := readTime(text)
	if !ok {
		return 0, livechat.NewRefusal("Match error: Expected date, got string in field " + name)
	}
	return t, nil
}

// readTime parses a time like 2026-11-01T00:00:00Z. A day without a time means the
// beginning of that day in UTC.
func readTime(text string) (livechat.Time, bool) {
	var t livechat.Time
	if t.UnmarshalText([]byte(text)) == nil {
		return t, true
	}
	day, err := time.Parse(time.DateOnly, text)
	return livechat.At(day), err == nil
}

// flag returns true or false, or nil if the parameter is absent or empty.
func (q query) flag(name string) (*bool, error) {
	switch q.text(name) {
	case "":
		return nil, nil
	case "true":
		return new(true), nil
	case "false":
		return new(false), nil
	}
	return nil, livechat.NewRefusal("Match error: Expected boolean, got string in field " + name)
}

// unescape percent-decodes s. It returns s unchanged if the encoding is invalid.
func unescape(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return plain
}
