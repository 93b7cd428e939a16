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

// answer is a function's result as an HTTP response.
type answer struct {
	status  int
	header  http.Header
	cookies []string
	body    []byte
}

// readAnswer decodes a result of payload format 2.0. JSON without a statusCode is the
// body of a 200 response.
func readAnswer(payload []byte) (answer, error) {
	if !json.Valid(payload) {
		return answer{}, fmt.Errorf("the result is not JSON")
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

// inferred returns a 200 response for a result without a statusCode. A JSON string is
// unwrapped. Other JSON is the body unchanged.
func inferred(payload []byte) answer {
	a := answer{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: payload}
	var text string
	if json.Unmarshal(payload, &text) == nil && bytes.HasPrefix(bytes.TrimSpace(payload), []byte(`"`)) {
		a.body = []byte(text)
	}
	return a
}

func structured(payload []byte) (answer, error) {
	// Format 2.0 ignores multiValueHeaders.
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
		return answer{}, fmt.Errorf("invalid statusCode %s", p.StatusCode)
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

// scalar returns the content of a JSON string, or the text of any other JSON value.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// write writes the answer. If the gateway sets CORS headers, write drops those of the
// function, as the HTTP API does.
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
	_, _ = w.Write(a.body) // the client may be gone
}
