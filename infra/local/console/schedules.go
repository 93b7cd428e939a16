package console

import (
	"net/http"

	"livechat/infra/local/schedule"
)

// Schedules wake functions.
type Schedules interface {
	States() []schedule.State
	DeadLetters() []schedule.DeadLetter
	DropDeadLetters()
	// Event returns what a function's schedule would wake it with now; false
	// for a function without one.
	Event(function string) ([]byte, bool)
}

func (s *surface) schedules(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"schedules": s.o.Schedules.States()})
}

func (s *surface) deadLetters(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"deadLetters": s.o.Schedules.DeadLetters()})
}

func (s *surface) dropDeadLetters(w http.ResponseWriter, _ *http.Request) {
	s.o.Schedules.DropDeadLetters()
	w.WriteHeader(http.StatusNoContent)
}
