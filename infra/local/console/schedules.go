package console

import (
	"net/http"

	"livechat/infra/local/schedule"
)

// Schedules gives the console access to the schedules that invoke functions.
type Schedules interface {
	States() []schedule.State
	DeadLetters() []schedule.DeadLetter
	DropDeadLetters()
	// Event returns the event that a function's schedule would send now. It returns false
	// for a function without a schedule.
	Event(function string) ([]byte, bool)
}

func (s *handlers) schedules(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"schedules": s.options.Schedules.States()})
}

func (s *handlers) deadLetters(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"deadLetters": s.options.Schedules.DeadLetters()})
}

func (s *handlers) dropDeadLetters(w http.ResponseWriter, _ *http.Request) {
	s.options.Schedules.DropDeadLetters()
	w.WriteHeader(http.StatusNoContent)
}
