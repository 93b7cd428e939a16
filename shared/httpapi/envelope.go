// Package httpapi writes the answers of endpoints. It defines the envelope of results and
// errors, the status of each kind of error, and the time of a request. Endpoints
// themselves are in package api.
package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"livechat/shared/livechat"
	"livechat/shared/telemetry"
)

// Endpoint answers one request. It returns the content of the envelope, a struct or a
// map, or an error.
type Endpoint func(*http.Request) (any, error)

// ServeHTTP writes the endpoint's answer. Faults are logged only here, and their text
// is never shown to the caller.
func (e Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	result, err := e(r)
	if err != nil {
		WriteError(w, r, err)
		return
	}
	answer, err := Succeeded(result)
	if err != nil {
		WriteError(w, r, err)
		return
	}
	WriteJSON(w, http.StatusOK, answer)
}

// Succeeded returns the result's members and "success": true.
func Succeeded(result any) (json.RawMessage, error) {
	members, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	separator := ","
	if len(members) == len("{}") {
		separator = ""
	}
	return append(bytes.TrimSuffix(members, []byte("}")), separator+`"success":true}`...), nil
}

// failure is the envelope of an error.
type failure struct {
	Success   bool   `json:"success"`
	Status    string `json:"status,omitempty"`
	Message   string `json:"message,omitempty"`
	Error     string `json:"error"`
	ErrorType string `json:"errorType,omitempty"`
}

// retryAfter is how many seconds a caller should wait if the database is unavailable.
// That is long enough for throttling to pass.
const retryAfter = "2"

// statuses maps each kind of error to its status. Any other error is a 500.
var statuses = map[livechat.Kind]int{
	livechat.Refused:         http.StatusBadRequest,
	livechat.Unauthenticated: http.StatusUnauthorized,
	livechat.Forbidden:       http.StatusForbidden,
	livechat.TooLarge:        http.StatusRequestEntityTooLarge,
	livechat.TooMany:         http.StatusTooManyRequests,
	livechat.Unavailable:     http.StatusServiceUnavailable,
}

// Fault counts and logs a request that failed with a 5xx because of err. For a 503 it
// sets the Retry-After header.
func Fault(w http.ResponseWriter, r *http.Request, status int, err error) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	telemetry.Count(telemetry.Faults)
	slog.ErrorContext(r.Context(), "request failed", "method", r.Method, "status", status, "error", err.Error())
}

// SlowDown counts a rate-limited call, and sets the headers that state the limit and
// when the caller may retry.
func SlowDown(w http.ResponseWriter, over *livechat.RateLimitError) {
	telemetry.Count(telemetry.CallsLimited)
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(over.Limit))
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(over.Until.Time().UnixMilli(), 10))
	h.Set("Retry-After", strconv.Itoa(over.Wait))
}

// WriteError answers a request that failed with err.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	status, envelope := http.StatusInternalServerError, failure{Error: "Internal server error"}
	if known, ok := errors.AsType[*livechat.Error](err); ok {
		if of, ok := statuses[known.Kind]; ok {
			status = of
			if known.Text != "" {
				envelope.Error, envelope.ErrorType = known.Text, known.Type
			}
		}
	}
	if status == http.StatusUnauthorized {
		envelope.Status, envelope.Message = "error", envelope.Error
	}
	if over, ok := errors.AsType[*livechat.RateLimitError](err); ok {
		SlowDown(w, over)
	}
	if status >= http.StatusInternalServerError {
		Fault(w, r, status, err)
	}
	body, err := json.Marshal(envelope)
	if err != nil {
		body = []byte(`{"success":false,"error":"Internal server error"}`)
	}
	WriteJSON(w, status, body)
}

// WriteJSON answers with a JSON body.
func WriteJSON(w http.ResponseWriter, status int, body []byte) {
	Write(w, status, "application/json", body)
}

// Write answers with a body that is not to be cached.
func Write(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// A write fails only if the caller has hung up, and then nobody needs the error.
	_, _ = w.Write(body)
}
