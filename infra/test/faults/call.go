package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"livechat/infra/local/demo"
)

// outcome is what a client knows about the result of a call.
type outcome string

const (
	acknowledged outcome = "acknowledged"
	refused      outcome = "refused"
	unknown      outcome = "unknown" // the call may or may not have been executed
)

// answer is the result of a call.
type answer struct {
	outcome
	status int
	body   string
	took   time.Duration
	// wrong says what is wrong with the answer. It is empty if the answer is correct.
	wrong string
}

// reason returns the error code of a refusal.
func (a answer) reason() string {
	var refusal struct{ Error string }
	_ = json.Unmarshal([]byte(a.body), &refusal) // an unreadable body has no reason
	return refusal.Error
}

func (a answer) into(value any) error { return json.Unmarshal([]byte(a.body), value) }

func (a answer) String() string {
	text := fmt.Sprintf("%s %d", a.outcome, a.status)
	if a.outcome != acknowledged {
		text += " " + strings.TrimSpace(a.body)
	}
	return fmt.Sprintf("%s (%d ms)", text, a.took.Milliseconds())
}

const api = "/api/v1/livechat/"

// postMessagePath is the path of the call by which agents post messages.
const postMessagePath = "/api/v1/chat.postMessage"

// signedIn has the headers of the demo's manager, who may do everything.
var signedIn = map[string]string{"X-User-Id": demo.ManagerID, "X-Auth-Token": demo.ManagerToken}

const (
	// deadline is the functions' time-out.
	deadline = 10 * time.Second
	// startTime is how long a process may take to start on a busy machine, in addition to
	// the deadline.
	startTime = 3 * time.Second
)

// call calls the API. killed means that processes may die.
func (s *System) call(ctx context.Context, method, path string, body any, killed bool) answer {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return answer{outcome: refused, wrong: err.Error()}
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(string(text)))
	if err != nil {
		return answer{outcome: refused, wrong: err.Error()}
	}
	for name, value := range signedIn {
		r.Header.Set(name, value)
	}
	began := time.Now()
	a := answer{outcome: unknown}
	response, err := s.client.Do(r)
	if err == nil {
		defer response.Body.Close()
		var read []byte
		read, err = io.ReadAll(response.Body)
		a.status, a.body = response.StatusCode, string(read)
	}
	a.took = time.Since(began)
	if err != nil {
		a.wrong = "no answer: " + err.Error()
		return a
	}
	a.judge(response.Header, killed)
	return a
}

// gatewayFault is the gateway's answer if a function did not answer.
const gatewayFault = `{"message":"Internal Server Error"}`

// judge determines what the answer means, and whether it is correct.
func (a *answer) judge(h http.Header, killed bool) {
	var envelope struct {
		Success *bool  `json:"success"`
		Error   string `json:"error"`
	}
	isEnvelope := json.Unmarshal([]byte(a.body), &envelope) == nil && envelope.Success != nil
	switch {
	case a.status == http.StatusOK:
		a.outcome = acknowledged
		if !isEnvelope || !*envelope.Success {
			a.wrong = "a 200 without success"
		}
	case a.status >= 400 && a.status < 500:
		a.outcome = refused
		if !isEnvelope || *envelope.Success {
			a.wrong = "a refusal without an error"
		}
	case a.status == http.StatusServiceUnavailable:
		if !isEnvelope || envelope.Error != "Internal server error" {
			a.wrong = "a 503 with the wrong error"
		}
		if h.Get("Retry-After") == "" {
			a.wrong = "a 503 without Retry-After"
		}
	case a.status == http.StatusInternalServerError && a.body == gatewayFault && killed:
		// The HTTP API answers this if the function's process died.
	default:
		a.wrong = "a temporary fault must be a 503"
	}
	if a.took > deadline+startTime {
		a.wrong = "an answer later than the function's deadline"
	}
}
