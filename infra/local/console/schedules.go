package console

import (
	"net/http"

	"livechat/infra/local/schedule"
)

// Schedules invoke functions.
type Schedules interface {
	States() []schedule.State
	DeadLetters() []schedule.DeadLetter
	DropDeadLetters()
	// Event returns the event that a function's schedule would send now. It returns false
	// for a function without a schedule.
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
