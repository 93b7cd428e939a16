package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cron is due at the minutes whose wall-clock time in the zone matches all fields. When
// the clocks change, it is not due in an hour that is skipped, and it is due once in an
// hour that occurs twice.
type cron struct {
	zone                                     *time.Location
	minutes, hours, days, months, week, year []bool
}

var (
	monthNames = []string{"", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	dayNames   = []string{"", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

// The positions of the two day fields. Exactly one of the two fields must be ?.
const (
	dayOfMonth = 2
	dayOfWeek  = 4
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
		if fields[i] == "?" && i != dayOfMonth && i != dayOfWeek {
			return nil, fmt.Errorf("cron(%s): ? is for the day-of-month or the day-of-week", text)
		}
		set, err := field(fields[i], f.least, f.most, f.names)
		if err != nil {
			return nil, fmt.Errorf("cron(%s): %w", text, err)
		}
		*f.set = set
	}
	// AWS also refuses this at deployment.
	if (fields[dayOfMonth] == "?") == (fields[dayOfWeek] == "?") {
		return nil, fmt.Errorf("cron(%s): exactly one of day-of-month and day-of-week must be ?", text)
	}
	return c, nil
}

// field parses one field and returns which values match it. A field has forms such as 5,
// 1-5, "1,3", */15, 10/20, *, ? and names.
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
				return nil, fmt.Errorf("%q is not a step", stepText)
			}
			step = n
		}
		if from > to {
			return nil, fmt.Errorf("the range %q ends before it begins", span)
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
		return 0, fmt.Errorf("%q is not supported by the laptop cloud: want %d to %d, a range, a list or a step", text, least, most)
	}
	return n, nil
}

func (c cron) after(t time.Time) time.Time {
	wall := t.In(c.zone)
	for day := noon(wall.Year(), wall.Month(), wall.Day(), c.zone); day.Year() <= lastYear; day = c.nextDay(day) {
		if !c.holds(day) {
			continue
		}
		if at := c.onDay(day, t); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// onDay returns the first due time after t on the day, or the zero time if there is none.
func (c cron) onDay(day, t time.Time) time.Time {
	for hour, on := range c.hours {
		if !on {
			continue
		}
		for minute, due := range c.minutes {
			if !due {
				continue
			}
			at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, c.zone)
			// time.Date returns a different time if the clocks skip this one.
			if at.Hour() == hour && at.Minute() == minute && at.After(t) {
				return at
			}
		}
	}
	return time.Time{}
}

// noon returns the time that represents the day in this file. Changes of clocks never
// skip noon.
func noon(year int, month time.Month, day int, zone *time.Location) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, zone)
}

// nextDay returns the next day that can match. It skips years and months that the fields
// exclude.
func (c cron) nextDay(day time.Time) time.Time {
	switch year := day.Year(); {
	case year < firstYear:
		return noon(firstYear, time.January, 1, c.zone)
	case !c.year[year]:
		return noon(year+1, time.January, 1, c.zone)
	case !c.months[day.Month()]:
		return noon(year, day.Month()+1, 1, c.zone)
	default:
		return noon(year, day.Month(), day.Day()+1, c.zone)
	}
}

func (c cron) holds(day time.Time) bool {
	year := day.Year()
	return year >= firstYear && c.year[year] &&
		c.months[day.Month()] && c.days[day.Day()] && c.week[day.Weekday()+1]
}
