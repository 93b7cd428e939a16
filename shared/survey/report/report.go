package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"livechat/shared/livechat"
)

// The ways to group a report's rows.
const (
	ByDay        = "day"
	ByWeek       = "week"
	ByMonth      = "month"
	ByAgent      = "agent"
	ByDepartment = "department"
	ByChannel    = "channel"
)

// Groupings lists all ways to group.
var Groupings = []string{ByDay, ByWeek, ByMonth, ByAgent, ByDepartment, ByChannel}

// Report is the sum of a range of days. Its size depends on its rows, not on the number
// of surveys.
type Report struct {
	from, to, by string
	rows         map[string]*row
	total        row
	asOf         livechat.Time
}

type row struct {
	label string
	tally Tally
	sends Sends
}

// New returns an empty report of the days between from and to, both included.
func New(from, to, groupBy string) *Report {
	return &Report{from: from, to: to, by: groupBy, rows: map[string]*row{}}
}

// MaxLife is the number of days after a closing within which the survey can be sent. A
// survey that is sent within a report's range can belong to a room that was closed up to
// MaxLife days before the range. So these days must be added to the report, too.
const MaxLife = 91

// Add adds a part of a day. If the day is outside the range, only its surveys that were
// sent within the range count.
func (r *Report) Add(p Part) {
	if r.holds(p.Day) {
		if r.asOf == 0 || p.At < r.asOf {
			r.asOf = p.At
		}
		for _, g := range p.Groups {
			r.row(p.Day, g.Who).tally.Merge(g.Tally)
			r.total.tally.Merge(g.Tally)
		}
	}
	for _, s := range p.Sends {
		if r.holds(s.Day) {
			r.row(s.Day, s.Who).sends.merge(s.Sends)
			r.total.sends.merge(s.Sends)
		}
	}
}

func (r *Report) holds(day string) bool { return r.from <= day && day <= r.to }

func (r *Report) row(day string, who Who) *row {
	key, label := r.key(day, who)
	if r.rows[key] == nil {
		r.rows[key] = &row{}
	}
	r.rows[key].label = label
	return r.rows[key]
}

// key returns the key and the label of the row.
func (r *Report) key(day string, who Who) (key, label string) {
	switch r.by {
	case ByWeek:
		return monday(day), ""
	case ByMonth:
		return day[:len("2006-01")], ""
	case ByAgent:
		return who.Agent, who.AgentName
	case ByDepartment:
		return who.Department, ""
	case ByChannel:
		return who.Channel, ""
	default:
		return day, ""
	}
}

// monday returns the first day of the day's ISO 8601 week.
func monday(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7).Format(time.DateOnly)
}

// Figures holds the shown figures of one row. The counts cover the rooms closed in the
// range, and Response covers the surveys sent in the range.
type Figures struct {
	// Key is a day, the first day of a week, a month, or an id. It is empty for rooms
	// without an agent, department or channel.
	Key string `json:"key"`
	// Label is the name to show if it differs from the key.
	Label     string         `json:"label,omitempty"`
	Closed    int            `json:"closed"`
	Scheduled int            `json:"scheduled"`
	Waiting   int            `json:"waiting"`
	Sent      int            `json:"sent"`
	Answered  int            `json:"answered"`
	Expired   int            `json:"expired"`
	Failed    int            `json:"failed"`
	Skipped   map[string]int `json:"skipped"`
	// Response is the share of sent surveys that were answered.
	Response Share `json:"response"`
	// CSAT is the share of answers about satisfaction that are 4 or 5.
	CSAT  Share           `json:"csat"`
	Items map[string]Item `json:"items"`
}

// Satisfaction is the question that CSAT is about.
const Satisfaction = "satisfaction"

func (r row) figures(key string) Figures {
	t := r.tally
	f := Figures{
		Key: key, Label: r.label,
		Closed: t.Closed, Scheduled: t.Scheduled, Waiting: t.Waiting, Sent: t.Sent,
		Answered: t.Answered, Expired: t.Expired, Failed: t.Failed, Skipped: t.Skipped,
		Response: share(r.sends.Answered, r.sends.Sent),
		Items:    map[string]Item{},
	}
	if f.Skipped == nil {
		f.Skipped = map[string]int{}
	}
	satisfied, all := 0, 0
	for value, n := range t.Ratings[Satisfaction] {
		all += n
		if value == "4" || value == "5" {
			satisfied += n
		}
	}
	f.CSAT = share(satisfied, all)
	for question, values := range t.Ratings {
		f.Items[question] = item(values)
	}
	return f
}

// Rows returns the report's rows by key, and their total.
func (r *Report) Rows() (rows []Figures, total Figures) {
	rows = []Figures{}
	for key, row := range r.rows {
		rows = append(rows, row.figures(key))
	}
	slices.SortFunc(rows, func(a, b Figures) int { return strings.Compare(a.Key, b.Key) })
	return rows, r.total.figures("")
}

// AsOf returns when the oldest of the report's figures were computed. It returns 0 for a
// report without figures.
func (r *Report) AsOf() livechat.Time { return r.asOf }

// Days returns the days between from and to, both included.
func Days(from, to string) ([]string, error) {
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return nil, fmt.Errorf("%q is not a day like 2026-11-23", from)
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return nil, fmt.Errorf("%q is not a day like 2026-11-23", to)
	}
	var days []string
	for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
		days = append(days, d.Format(time.DateOnly))
	}
	return days, nil
}

// DaysBefore returns the day that is n days before day.
func DaysBefore(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -n).Format(time.DateOnly)
}
