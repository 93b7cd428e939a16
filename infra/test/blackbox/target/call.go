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

// API is the prefix of all calls' paths.
const API = "/api/v1/livechat/"

// SignedIn has the headers of the demo's agent.
var SignedIn = []string{"X-User-Id", demo.UserID, "X-Auth-Token", demo.AuthToken}

// Manager has the headers of the demo's manager.
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

// Described returns an error if the system gave an answer that the API description does
// not have. Only the laptop cloud checks answers.
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
		all = append(all, fmt.Errorf("an answer of %s %s does not match its description: %s", r.Method, r.Path, r.Undescribed))
	}
	return errors.Join(all...)
}

// KeptSecret returns an error if the system's log contains a secret that a test sent or
// received. Only the laptop cloud's log is checked.
func (s *System) KeptSecret() error {
	if s.secrets == nil {
		return nil
	}
	return s.secrets.told()
}

// client does not follow redirects.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Try is Send for goroutines other than the test's own.
func (s *System) Try(method, path, body string, header ...string) (Answer, error) {
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body)) // a test ends with its process
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

// Bash runs a command line like a reader of the documentation, and returns its output.
func (s *System) Bash(t testing.TB, line string) string {
	t.Helper()
	// Without no_proxy, the reader's proxy would get the requests to localhost.
	command := exec.Command("bash", "-c", strings.ReplaceAll(line, "http://localhost:3000", s.URL)) // as above
	command.Env = append(os.Environ(), "no_proxy=localhost,127.0.0.1")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return string(out)
}
