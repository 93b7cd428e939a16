package laptop

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
	"golang.org/x/sync/errgroup"

	"livechat/infra/test/blackbox/target"
)

// hostile is a request of the corpus in infra/test/blackbox/testdata/hostile.
type hostile struct {
	Name   string
	Send   string // method and path, as sent
	As     string // agent, manager, or nobody
	Header []string
	Body   string
	Hex    string // a body of arbitrary bytes
	Repeat *struct {
		Before, Text, After string
		Times               int
	}
	// Want has the allowed statuses: one, or a list.
	Want any
}

func (h hostile) body(t *testing.T) string {
	t.Helper()
	if h.Repeat != nil {
		return h.Repeat.Before + strings.Repeat(h.Repeat.Text, h.Repeat.Times) + h.Repeat.After
	}
	raw, err := hex.DecodeString(h.Hex)
	if err != nil {
		t.Errorf("%s: %v", h.Name, err)
	}
	return h.Body + string(raw)
}

func (h hostile) wants(status int) bool {
	if list, ok := h.Want.([]any); ok {
		return slices.Contains(list, any(status))
	}
	return h.Want == any(status)
}

// request returns the bytes to send, without any normalization.
func (h hostile) request(t *testing.T, host string) string {
	t.Helper()
	body := h.body(t)
	lines := []string{h.Send + " HTTP/1.1", "Host: " + host}
	for i, signIn := 0, signIns[h.As]; i+1 < len(signIn); i += 2 {
		lines = append(lines, signIn[i]+": "+signIn[i+1])
	}
	lines = append(lines, h.Header...)
	if !slices.ContainsFunc(h.Header, func(line string) bool { return strings.HasPrefix(line, "Connection:") }) {
		lines = append(lines, "Connection: close")
	}
	if body != "" || !strings.HasPrefix(h.Send, "GET ") {
		lines = append(lines, fmt.Sprint("Content-Length: ", len(body)))
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

var signIns = map[string][]string{"agent": target.SignedIn, "manager": target.Manager}

func readHostile(t *testing.T, kind string) []hostile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "infra/test/blackbox/testdata/hostile", kind+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []hostile
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return all
}

// TestHostileRequests sends the whole corpus, byte by byte. No request causes a server
// error, and each gets a status that its file allows.
func TestHostileRequests(t *testing.T) {
	var whole []string
	sent := map[string]int{}
	for _, kind := range []string{"values", "queries", "paths", "headers", "forms", "raw", "bodies"} {
		requests := readHostile(t, kind)
		for _, h := range requests {
			whole = append(whole, kind+" "+h.Name)
		}
		if kind == "bodies" {
			requests = toEveryCall(requests)
		}
		sent[kind] = len(requests)
		t.Run(kind, func(t *testing.T) { sendAll(t, requests, kind == "raw") })
	}
	slices.Sort(whole)
	if n := len(slices.Compact(whole)); n < 300 {
		t.Errorf("the corpus has %d requests, want at least 300", n)
	}
	t.Logf("sent by kind: %v", sent)
}

// toEveryCall returns each body as a request to each call that takes a body.
func toEveryCall(bodies []hostile) []hostile {
	var all []hostile
	for _, h := range bodies {
		for _, c := range target.BodyCalls {
			one := h
			one.Name += " to " + c.Path
			one.Send, one.As, one.Want = c.Method+" "+c.Path, "agent", []any{400, 413}
			all = append(all, one)
		}
	}
	return all
}

func sendAll(t *testing.T, requests []hostile, raw bool) {
	host := strings.TrimPrefix(system.URL, "http://")
	statuses := map[int]int{}
	var lock sync.Mutex
	var sending errgroup.Group
	sending.SetLimit(8)
	for _, h := range requests {
		sending.Go(func() error {
			bytes := h.body(t)
			if !raw {
				bytes = h.request(t, host)
			}
			status, answer, err := exchange(host, bytes)
			if err != nil || !h.wants(status) || status >= 500 && status != http.StatusHTTPVersionNotSupported {
				t.Errorf("%s: %d, want %v: %.300s (%v)", h.Name, status, h.Want, answer, err)
			}
			lock.Lock()
			defer lock.Unlock()
			statuses[status]++
			return nil
		})
	}
	_ = sending.Wait() // never fails
	t.Logf("%d requests, answered with %v", len(requests), statuses)
}

// exchange sends the bytes and reads one answer.
func exchange(host, request string) (status int, answer string, err error) {
	connection, err := net.DialTimeout("tcp", host, 10*time.Second)
	if err != nil {
		return 0, "", err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, "", err
	}
	// A server that refuses early may hang up before everything is sent. The answer
	// decides.
	_, writeErr := connection.Write([]byte(request))
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0, "", errors.Join(err, writeErr)
	}
	defer response.Body.Close()
	text := make([]byte, 1000)
	n, _ := response.Body.Read(text) // the body may be empty
	return response.StatusCode, string(text[:n]), nil
}
