package surface

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"livechat/infra/local/clock"
)

func (s *surface) clock(w http.ResponseWriter, _ *http.Request) {
	writeTime(w, s.o.Clock.Now())
}

func (s *surface) moveClock(w http.ResponseWriter, r *http.Request) {
	now, err := s.moved(w, r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	writeTime(w, now)
}

// moved carries out {"advance": duration} or {"set": time}.
func (s *surface) moved(w http.ResponseWriter, r *http.Request) (time.Time, error) {
	var move struct {
		Advance *string `json:"advance"`
		Set     *string `json:"set"`
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&move); err != nil {
		return time.Time{}, fmt.Errorf(`send {"advance":"36h"} or {"set":"2026-12-01T09:00:00Z"}: %w`, err)
	}
	switch {
	case move.Advance != nil && move.Set == nil:
		by, err := clock.ParseDuration(*move.Advance)
		if err != nil {
			return time.Time{}, err
		}
		return s.o.Clock.Advance(by), nil
	case move.Set != nil && move.Advance == nil:
		to, err := time.Parse(time.RFC3339, *move.Set)
		if err != nil {
			return time.Time{}, fmt.Errorf("%q is no time; write one such as 2026-12-01T09:00:00Z", *move.Set)
		}
		return s.o.Clock.Set(to), nil
	default:
		return time.Time{}, errors.New(`send either {"advance":"36h"} or {"set":"2026-12-01T09:00:00Z"}`)
	}
}

// timeFormat is RFC 3339 with milliseconds, in UTC.
const timeFormat = "2006-01-02T15:04:05.000Z"

func writeTime(w http.ResponseWriter, t time.Time) {
	write(w, http.StatusOK, map[string]string{"now": shownTime(t)})
}
