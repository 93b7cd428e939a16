package target

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"livechat/infra/local/demo"
)

// API is what all calls' paths begin with.
const API = "/api/v1/livechat/"

// SignedIn are the headers of the demo's agent.
var SignedIn = []string{"X-User-Id", demo.UserID, "X-Auth-Token", demo.AuthToken}

// Manager are those of the demo's manager.
var Manager = []string{"X-User-Id", demo.ManagerID, "X-Auth-Token", demo.ManagerToken}

// Send sends one request; header is a list of names and values.
func (s *System) Send(t testing.TB, method, path, body string, header ...string) Answer {
	t.Helper()
	a, err := s.Try(method, path, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Described fails when the system gave an answer that the API's description does
// not have. Only the laptop cloud looks.
func (s *System) Described() error {
	if s.foreign {
		return nil
	}
	a, err := s.Try(http.MethodGet, "/_local/undescribed", "")
	if err != nil {
		return err
	}
	var list struct {
		Requests []struct{ Method, Path, Undescribed string }
	}
	if err := json.Unmarshal([]byte(a.Body), &list); err != nil {
		return fmt.Errorf("undescribed answers: %w", err)
	}
	var all []error
	for _, r := range list.Requests {
		all = append(all, fmt.Errorf("an answer of %s %s is not as described: %s", r.Method, r.Path, r.Undescribed))
	}
	return errors.Join(all...)
}

// KeptSecret fails when what the system printed tells a secret that went to and fro.
// Only the laptop cloud's log is seen.
func (s *System) KeptSecret() error {
	if s.secrets == nil {
		return nil
	}
	return s.secrets.told()
}

// client stays where it is.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Try is Send for goroutines that are not the test's own.
func (s *System) Try(method, path, body string, header ...string) (Answer, error) {
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body)) //nolint:noctx // a test ends with its process
	if err != nil {
		return Answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if s.secrets != nil {
		s.secrets.request(path, body, r.Header)
	}
	response, err := client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if s.secrets != nil {
		s.secrets.answer(string(text))
	}
	return Answer{response.StatusCode, response.Header, string(text)}, err
}

// Bash runs a command line as a reader of the documentation would, and returns
// what it prints.
func (s *System) Bash(t testing.TB, line string) string {
	t.Helper()
	// Without no_proxy, a proxy of the reader's would be asked for localhost.
	command := exec.Command("bash", "-c", strings.ReplaceAll(line, "http://localhost:3000", s.URL)) //nolint:noctx // as above
	command.Env = append(os.Environ(), "no_proxy=localhost,127.0.0.1")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return string(out)
}
