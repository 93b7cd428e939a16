package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// invoke runs a function and answers with its result. If the function fails, invoke
// answers 502 with Lambda's error document.
func (s *handlers) invoke(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("function")
	if known := s.names(); !slices.Contains(known, name) {
		writeError(w, http.StatusNotFound, fmt.Sprintf("there is no function %s; use one of %s", name, strings.Join(known, ", ")))
		return
	}
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 6<<20))
	if err != nil {
		writeError(w, http.StatusRequestEntityTooLarge, "an event must not exceed 6 MB")
		return
	}
	if len(bytes.TrimSpace(event)) == 0 {
		event = s.defaultEvent(name)
	}
	if !json.Valid(event) {
		writeError(w, http.StatusBadRequest, "an event must be JSON")
		return
	}
	out := s.options.Invoke(r.Context(), name, event)
	w.Header().Set("Content-Type", "application/json")
	if out.Failure != "" {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		w.WriteHeader(http.StatusBadGateway)
	}
	_, _ = w.Write(out.Payload) // the client may be gone
}

// defaultEvent returns the event for a function that is invoked without one. If the
// function has a schedule and no routes, it is the event that the schedule would send
// now. Otherwise it is an empty object.
func (s *handlers) defaultEvent(function string) []byte {
	for _, f := range s.options.Functions() {
		if f.Name != function || len(f.Routes) > 0 {
			continue
		}
		if event, ok := s.options.Schedules.Event(function); ok {
			return event
		}
	}
	return []byte("{}")
}

func (s *handlers) names() []string {
	var names []string
	for _, f := range s.options.Functions() {
		names = append(names, f.Name)
	}
	return names
}
