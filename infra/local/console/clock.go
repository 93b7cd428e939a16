package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"livechat/infra/local/clock"
)

func (s *handlers) clock(w http.ResponseWriter, _ *http.Request) {
	writeTime(w, s.options.Clock.Now())
}

func (s *handlers) moveClock(w http.ResponseWriter, r *http.Request) {
	now, err := s.applyMove(w, r)
	if err != nil {
		writeError(w, http.StatusBadRequest, err.Error())
		return
	}
	writeTime(w, now)
}

const moves = `{"advance":"36h"}, {"set":"2026-12-01T09:00:00Z"} or {"stop":"2026-12-01T09:00:00Z"}`

// applyMove moves the clock and returns the new time. The request's body is
// {"advance": duration}, {"set": time} or {"stop": time}.
func (s *handlers) applyMove(w http.ResponseWriter, r *http.Request) (time.Time, error) {
	var move map[string]string
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&move); err != nil {
		return time.Time{}, fmt.Errorf("send %s: %w", moves, err)
	}
	if len(move) != 1 {
		return time.Time{}, errors.New("send either " + moves)
	}
	for how, text := range move {
		switch how {
		case "advance":
			by, err := clock.ParseDuration(text)
			if err != nil {
				return time.Time{}, err
			}
			return s.options.Clock.Advance(by), nil
		case "set", "stop":
			to, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return time.Time{}, fmt.Errorf("%q is not a time; use one like 2026-12-01T09:00:00Z", text)
			}
			if how == "stop" {
				return s.options.Clock.Stop(to), nil
			}
			return s.options.Clock.Set(to), nil
		default:
			return time.Time{}, fmt.Errorf("%q is not a move: send %s", how, moves)
		}
	}
	return time.Time{}, errors.New("send either " + moves)
}

// timeFormat is RFC 3339 with milliseconds, in UTC.
const timeFormat = "2006-01-02T15:04:05.000Z"

func writeTime(w http.ResponseWriter, t time.Time) {
	writeJSON(w, http.StatusOK, map[string]string{"now": formatTime(t)})
}
