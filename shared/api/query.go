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

// parameter is a query parameter that a call knows.
type parameter struct {
	name     string
	required bool
	// list lets it stand there more than once, as name or as name[].
	list bool
}

// query are a request's query parameters by name.
type query struct{ url.Values }

// readQuery returns the query's parameters. It refuses those the call does not
// know, those that are more than one text, and then missing ones, in the words of
// the wire format's own matcher.
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
			return q, livechat.Refuse("Match error: Unknown key in field " + name)
		}
		if !known[at].list && (q.Has(name) || bracketed) {
			return q, livechat.Refuse("Match error: Expected string, got object in field " + name)
		}
		q.Add(name, unescape(rawValue))
	}
	for _, p := range known {
		if p.required && !q.Has(p.name) {
			return q, livechat.Refuse("Match error: Missing key '" + p.name + "'")
		}
	}
	return q, nil
}

// said is a parameter's text; empty also for what clients send for a value that they
// do not have.
func (q query) said(name string) string {
	if text := q.Get(name); text != "undefined" {
		return text
	}
	return ""
}

// number returns a whole number of 0 or more; absent, empty or 0, it is the
// standard one, and never more than most.
func (q query) number(name string, standard, most int) (int, error) {
	text := q.said(name)
	if text == "" {
		return standard, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, livechat.Refuse("Match error: Expected number, got string in field " + name)
	}
	if n == 0 {
		return standard, nil
	}
	return min(n, most), nil
}

// offset is how many of a list to skip. More than most are refused, with what to use
// instead.
func (q query) offset(most int, instead string) (int, error) {
	n, err := q.number("offset", 0, most+1)
	if n > most {
		return 0, livechat.Refuse(fmt.Sprintf("Match error: Expected a number up to %d in field offset; go on with %s", most, instead))
	}
	return n, err
}

// time returns a time; 0 when it is absent or empty.
func (q query) time(name string) (livechat.Time, error) {
	text := q.said(name)
	if text == "" {
		return 0, nil
	}
	t, ok := readTime(text)
	if !ok {
		return 0, livechat.Refuse("Match error: Expected date, got string in field " + name)
	}
	return t, nil
}

// readTime reads a time such as 2026-11-01T00:00:00Z, or a day, which is its
// beginning in UTC.
func readTime(text string) (livechat.Time, bool) {
	var t livechat.Time
	if t.UnmarshalText([]byte(text)) == nil {
		return t, true
	}
	day, err := time.Parse(time.DateOnly, text)
	return livechat.At(day), err == nil
}

// flag returns true or false; nil when it is absent or empty.
func (q query) flag(name string) (*bool, error) {
	switch q.said(name) {
	case "":
		return nil, nil
	case "true":
		return new(true), nil
	case "false":
		return new(false), nil
	}
	return nil, livechat.Refuse("Match error: Expected boolean, got string in field " + name)
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
