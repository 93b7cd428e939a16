package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// expression computes the times at which a schedule is due.
type expression interface {
	// after returns the first due time after t, or the zero time if the schedule is never
	// due again.
	after(t time.Time) time.Time
}

var form = regexp.MustCompile(`^(rate|cron|at)\((.*)\)$`)

// parse parses an expression of EventBridge Scheduler.
func parse(text string, zone *time.Location) (expression, error) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q is not a schedule expression", text)
	}
	switch m[1] {
	case "rate":
		return parseRate(m[2])
	case "cron":
		return parseCron(m[2], zone)
	default:
		t, err := time.ParseInLocation("2006-01-02T15:04:05", m[2], zone)
		if err != nil {
			return nil, fmt.Errorf("%q is not a time like 2026-12-01T09:00:00", m[2])
		}
		if t.Format("2006-01-02T15:04:05") != m[2] {
			return nil, fmt.Errorf("at(%s): that time does not exist in %s", m[2], zone)
		}
		return once(t), nil
	}
}

// rate is due at multiples of its duration since the zero time.
type rate time.Duration

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

func parseRate(text string) (expression, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	length := units[strings.TrimSuffix(unit, "s")]
	if err != nil || n < 1 || length == 0 {
		return nil, fmt.Errorf("rate(%s): want, for example, rate(5 minutes)", text)
	}
	return rate(time.Duration(n) * length), nil
}

func (r rate) after(t time.Time) time.Time {
	return t.Truncate(time.Duration(r)).Add(time.Duration(r))
}

type once time.Time

func (o once) after(t time.Time) time.Time {
	if at := time.Time(o); at.After(t) {
		return at
	}
	return time.Time{}
}
