package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// answer is a function's result as an HTTP answer.
type answer struct {
	status  int
	header  http.Header
	cookies []string
	body    []byte
}

// readAnswer reads a result of payload format 2.0. JSON without a statusCode is
// itself the body of a 200.
func readAnswer(payload []byte) (answer, error) {
	if !json.Valid(payload) {
		return answer{}, fmt.Errorf("the result is no JSON")
	}
	if hasStatusCode(payload) {
		return structured(payload)
	}
	return inferred(payload), nil
}

func hasStatusCode(payload []byte) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal(payload, &members) == nil && members["statusCode"] != nil
}

// inferred unwraps a text and leaves any other JSON as it is.
func inferred(payload []byte) answer {
	a := answer{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: payload}
	var text string
	if json.Unmarshal(payload, &text) == nil && bytes.HasPrefix(bytes.TrimSpace(payload), []byte(`"`)) {
		a.body = []byte(text)
	}
	return a
}

func structured(payload []byte) (answer, error) {
	// No multiValueHeaders: format 2.0 ignores them.
	var p struct {
		StatusCode json.RawMessage            `json:"statusCode"`
		Headers    map[string]json.RawMessage `json:"headers"`
		Cookies    []string                   `json:"cookies"`
		Body       string                     `json:"body"`
		Base64     bool                       `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return answer{}, err
	}
	a := answer{header: http.Header{}, cookies: p.Cookies, body: []byte(p.Body)}
	var err error
	if a.status, err = strconv.Atoi(scalar(p.StatusCode)); err != nil || a.status < 200 || a.status > 599 {
		return answer{}, fmt.Errorf("statusCode %s is none", p.StatusCode)
	}
	for name, value := range p.Headers {
		a.header.Set(name, scalar(value))
	}
	if a.header.Get("Content-Type") == "" {
		a.header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	if p.Base64 {
		if a.body, err = base64.StdEncoding.DecodeString(p.Body); err != nil {
			return answer{}, err
		}
	}
	return a, nil
}

// scalar is a JSON text's content, or a number or boolean as written.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// write leaves out the function's own CORS headers where the gateway has some:
// so does the HTTP API.
func (a answer) write(w http.ResponseWriter, ownCORS bool) {
	h := w.Header()
	for name, values := range a.header {
		if ownCORS && strings.HasPrefix(name, "Access-Control-") || name == "Content-Length" {
			continue
		}
		h[name] = append(h[name], values...)
	}
	for _, c := range a.cookies {
		h.Add("Set-Cookie", c)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // nobody to tell
}
