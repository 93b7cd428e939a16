package schedule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// expression says when a schedule is due.
type expression interface {
	// after returns the first moment later than t; zero for never.
	after(t time.Time) time.Time
}

var form = regexp.MustCompile(`^(rate|cron|at)\((.*)\)$`)

// parse reads an expression of EventBridge Scheduler's.
func parse(text string, zone *time.Location) (expression, error) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q is no schedule expression", text)
	}
	switch m[1] {
	case "rate":
		return parseRate(m[2])
	case "cron":
		return parseCron(m[2], zone)
	default:
		t, err := time.ParseInLocation("2006-01-02T15:04:05", m[2], zone)
		if err != nil {
			return nil, fmt.Errorf("%q is no time such as 2026-12-01T09:00:00", m[2])
		}
		return once(t), nil
	}
}

// rate is due at whole multiples of its length.
type rate time.Duration

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

func parseRate(text string) (expression, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	length := units[strings.TrimSuffix(unit, "s")]
	if err != nil || n < 1 || length == 0 {
		return nil, fmt.Errorf("rate(%s): write one such as rate(5 minutes)", text)
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

// cron is due at the minutes that all of its fields have, by the clock on the
// wall: never in an hour that a change of the clocks leaves out, and once in one
// that comes twice.
type cron struct {
	zone                                     *time.Location
	minutes, hours, days, months, week, year []bool
}

var (
	monthNames = []string{"", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	dayNames   = []string{"", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

const (
	firstYear = 1970
	lastYear  = 2199
)

func parseCron(text string, zone *time.Location) (expression, error) {
	fields := strings.Fields(text)
	if len(fields) != 6 {
		return nil, fmt.Errorf("cron(%s): want six fields: minutes hours day-of-month month day-of-week year", text)
	}
	c := cron{zone: zone}
	for i, f := range []struct {
		set         *[]bool
		least, most int
		names       []string
	}{
		{&c.minutes, 0, 59, nil}, {&c.hours, 0, 23, nil}, {&c.days, 1, 31, nil},
		{&c.months, 1, 12, monthNames}, {&c.week, 1, 7, dayNames}, {&c.year, firstYear, lastYear, nil},
	} {
		set, err := field(fields[i], f.least, f.most, f.names)
		if err != nil {
			return nil, fmt.Errorf("cron(%s): %w", text, err)
		}
		*f.set = set
	}
	return c, nil
}

// field reads 5, 1-5, 1,3, */15, 10/20, *, ? and names.
func field(text string, least, most int, names []string) ([]bool, error) {
	set := make([]bool, most+1)
	for part := range strings.SplitSeq(text, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		from, to := least, most
		if span != "*" && span != "?" {
			first, last, ranged := strings.Cut(span, "-")
			var err error
			if from, err = value(first, least, most, names); err != nil {
				return nil, err
			}
			if ranged {
				if to, err = value(last, least, most, names); err != nil {
					return nil, err
				}
			} else if !stepped {
				to = from
			}
		}
		step := 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 {
				return nil, fmt.Errorf("%q is no step", stepText)
			}
			step = n
		}
		for n := from; n <= to; n += step {
			set[n] = true
		}
	}
	return set, nil
}

func value(text string, least, most int, names []string) (int, error) {
	if n := slices.Index(names, strings.ToUpper(text)); n > 0 {
		return n, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is not understood by the laptop's cloud: want %d to %d, a range, a list or a step", text, least, most)
	}
	return n, nil
}

// horizon is how many days cron looks ahead: 29 February comes in eight years
// at most.
const horizon = 8 * 366

func (c cron) after(t time.Time) time.Time {
	wall := t.In(c.zone)
	for ahead := range horizon {
		day := time.Date(wall.Year(), wall.Month(), wall.Day()+ahead, 12, 0, 0, 0, c.zone)
		if !c.holds(day) {
			continue
		}
		for hour, on := range c.hours {
			for minute, due := range c.minutes {
				if !on || !due {
					continue
				}
				at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, c.zone)
				// Go moves a time that there is not.
				if at.Hour() == hour && at.Minute() == minute && at.After(t) {
					return at
				}
			}
		}
	}
	return time.Time{}
}

func (c cron) holds(day time.Time) bool {
	year := day.Year()
	return year >= firstYear && year <= lastYear && c.year[year] &&
		c.months[day.Month()] && c.days[day.Day()] && c.week[day.Weekday()+1]
}
