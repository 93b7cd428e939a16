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

// invoke answers with the function's result; where that is an error, with 502
// and Lambda's error document.
func (s *surface) invoke(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("function")
	if known := s.names(); !slices.Contains(known, name) {
		refuse(w, http.StatusNotFound, fmt.Sprintf("there is no function %s; there are %s", name, strings.Join(known, ", ")))
		return
	}
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 6<<20))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "an event has at most 6 MB")
		return
	}
	if len(bytes.TrimSpace(event)) == 0 {
		event = s.usual(name)
	}
	if !json.Valid(event) {
		refuse(w, http.StatusBadRequest, "an event must be JSON")
		return
	}
	out := s.o.Invoke(r.Context(), name, event)
	w.Header().Set("Content-Type", "application/json")
	if out.Failure != "" {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		w.WriteHeader(http.StatusBadGateway)
	}
	_, _ = w.Write(out.Payload) // nobody to tell
}

// usual is the event of a function that only its schedule wakes: the schedule's,
// for now. A call of the API has none that is usual.
func (s *surface) usual(function string) []byte {
	for _, f := range s.o.Functions() {
		if f.Name != function || len(f.Routes) > 0 {
			continue
		}
		if event, ok := s.o.Schedules.Event(function); ok {
			return event
		}
	}
	return []byte("{}")
}

func (s *surface) names() []string {
	var names []string
	for _, f := range s.o.Functions() {
		names = append(names, f.Name)
	}
	return names
}
