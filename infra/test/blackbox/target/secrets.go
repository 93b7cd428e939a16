package target

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// secrets collects the values that the tests sent and received and that must not be
// logged. It selects them by the names of members, headers and parameters.
type secrets struct {
	lock sync.Mutex
	// known maps each value to the place where it was first seen.
	known map[string]string
	// log is the system's output.
	log *os.File
}

func newSecrets(folder string) (*secrets, error) {
	log, err := os.Create(path.Join(folder, "log"))
	return &secrets{known: map[string]string{}, log: log}, err
}

// shortest is the minimum length of a secret. Shorter values occur everywhere.
const shortest = 6

// private are the names of members, headers and fields whose values are personal data or
// grant access. named are the objects whose member name is personal data.
var (
	private = []string{
		"token", "authtoken", "x-auth-token", "x-visitor-token", "email", "address", "phone", "phonenumber", "username",
		"msg", "text", "comment", "topic", "title", "href", "alias", "fname", "value", "additionalfeedback",
	}
	named = []string{"visitor", "guest", "guestdata", "u", "v", "data"}
	codes = regexp.MustCompile(`/s/([A-Za-z0-9_-]{32})`)
	// inPath matches the calls with a token in the path.
	inPath = regexp.MustCompile(`/livechat/(?:visitor|agent\.info/[^/]+)/([^/?]+)`)
)

// ordinary are values that also occur in the service's own texts: values of settings,
// users' statuses and fixed messages.
var ordinary = []string{
	"available", "not-available", "online", "offline", "undefined", "Closed by visitor", "Support",
}

func (s *secrets) request(target, body string, header http.Header) {
	if strings.HasPrefix(target, "/_local/") {
		return // the laptop's own calls
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	for name, values := range header {
		s.value("a header", name, values...)
	}
	if u, err := url.Parse(target); err == nil {
		for name, values := range u.Query() {
			s.value("a query", name, values...)
		}
		for _, m := range inPath.FindAllStringSubmatch(u.Path, -1) {
			s.add("a path", m[1])
		}
	}
	s.document("a request", target+"\n"+body, body)
}

func (s *secrets) answer(body string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.document("an answer", body, body)
}

// document collects from JSON or a form; codes of links are found in any text.
func (s *secrets) document(where, text, body string) {
	for _, m := range codes.FindAllStringSubmatch(text, -1) {
		s.add("a link", m[1])
	}
	var value any
	if json.Unmarshal([]byte(body), &value) == nil {
		s.members(where, "", value)
		return
	}
	if form, err := url.ParseQuery(body); err == nil {
		for name, values := range form {
			s.value("a form", name, values...)
		}
	}
}

func (s *secrets) members(where, parent string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			text, isText := member.(string)
			switch {
			case isText && name == "name" && slices.Contains(named, strings.ToLower(parent)):
				s.add(where, text)
			case isText:
				s.value(where, name, text)
			case strings.EqualFold(name, "livechatData"), strings.EqualFold(name, "surveyFeedback"):
				s.all(where, member)
			default:
				s.members(where, name, member)
			}
		}
	case []any:
		for _, one := range v {
			s.members(where, parent, one)
		}
	}
}

// all collects every string member.
func (s *secrets) all(where string, value any) {
	if object, ok := value.(map[string]any); ok {
		for _, member := range object {
			if text, isText := member.(string); isText {
				s.add(where, text)
			}
		}
	}
}

func (s *secrets) value(where, name string, values ...string) {
	if slices.Contains(private, strings.ToLower(name)) {
		for _, v := range values {
			s.add(where+", "+name, v)
		}
	}
	for _, v := range values {
		if strings.Contains(v, "@") { // whatever its name
			s.add(where+", "+name, v)
		}
	}
}

func (s *secrets) add(where, value string) {
	if len(value) < shortest || slices.Contains(ordinary, value) || !utf8.ValidString(value) {
		return
	}
	for _, form := range []string{value, url.QueryEscape(value), url.PathEscape(value), quoted(value)} {
		if s.known[form] == "" {
			s.known[form] = where
		}
	}
}

// quoted returns the value as it is written in JSON.
func quoted(value string) string {
	text, err := json.Marshal(value)
	if err != nil {
		return value
	}
	return string(text[1 : len(text)-1])
}

// Write receives the system's output.
func (s *secrets) Write(p []byte) (int, error) { return s.log.Write(p) }

// told returns an error if a line of the log contains a secret.
func (s *secrets) told() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if _, err := s.log.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var pairs []string
	for value, where := range s.known {
		pairs = append(pairs, value, "<"+where+">")
	}
	redacted := strings.NewReplacer(pairs...)
	var all []error
	lines := bufio.NewScanner(s.log)
	lines.Buffer(nil, 64<<20)
	n := 0
	for lines.Scan() {
		n++
		if line := redacted.Replace(lines.Text()); line != lines.Text() && len(all) < 20 {
			all = append(all, fmt.Errorf("a line of the log contains a secret: %.600s", line))
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "blackbox: searched for %d secrets, in all their forms, in %d lines of the log\n", len(s.known), n)
	// Of the whole suite, some tests must cause log lines. A single test need not.
	if whole := flag.Lookup("test.run").Value.String() == ""; whole && n == 0 && len(s.known) > 0 {
		return errors.New("the system printed no log, so nothing was checked")
	}
	return errors.Join(all...)
}

// Logged counts the lines of the laptop cloud's log that contain words.
func (s *System) Logged(t testing.TB, words string) int {
	t.Helper()
	text, err := os.ReadFile(s.secrets.log.Name())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, words) {
			n++
		}
	}
	return n
}
