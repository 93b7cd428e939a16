package console

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"livechat/infra/local/database"
	"livechat/infra/local/gateway"
	"livechat/infra/local/schedule"
)

// view is the state that the page shows. It is a summary of what the console's calls
// return, because the page's script loads it every two seconds.
type view struct {
	Now         string            `json:"now"`
	Functions   []Function        `json:"functions"`
	Requests    []gateway.Request `json:"requests"`
	Schedules   []listedSchedule  `json:"schedules"`
	Mails       []listedMail      `json:"mails"`
	Deliveries  []listedDelivery  `json:"deliveries"`
	DeadLetters []listedLetter    `json:"deadLetters"`
	Faults      []listedFault     `json:"faults"`
	// Keys are the most expensive partition keys.
	Keys []database.KeyUnits `json:"keys"`
}

type listedSchedule struct {
	Function   string `json:"function"`
	Expression string `json:"expression"`
	Next       string `json:"next"`
	Last       string `json:"last"` // empty means not yet
	Runs       int    `json:"runs"`
}

type listedMail struct {
	ID      string `json:"id"`
	At      string `json:"at"`
	To      string `json:"to"`
	Subject string `json:"subject"`
}

type listedDelivery struct {
	At      string `json:"at"`
	Request string `json:"request"`
	ID      string `json:"id"` // its webhook-id
	Size    int    `json:"size"`
	Body    string `json:"body"` // its beginning
}

type listedLetter struct {
	At       string `json:"at"`
	Function string `json:"function"`
	Event    string `json:"event"`
	Error    string `json:"error"` // its beginning
}

type listedFault struct {
	Fault  string `json:"fault"`
	Target string `json:"whose"` // the calls that the fault strikes
	Rate   string `json:"rate"`
	Calls  int    `json:"calls"`
	Struck int    `json:"struck"`
}

const (
	// maxListed is the number of mails, of deliveries and of dead letters that the page
	// shows.
	maxListed = 50
	// shownKeys is the number of partition keys that the page shows.
	shownKeys = 10
	// beginning is the number of characters of a long text that the page shows.
	beginning = 200
)

// view returns the current state, the newest entries first.
func (s *handlers) view() view {
	v := view{
		Now: formatTime(s.options.Clock.Now()), Functions: s.options.Functions(), Requests: s.options.History.Latest(),
		Schedules: []listedSchedule{}, Mails: []listedMail{}, Deliveries: []listedDelivery{}, DeadLetters: []listedLetter{},
		Faults: []listedFault{},
	}
	keys := s.options.Keys()
	v.Keys = keys[:min(len(keys), shownKeys)]
	for _, f := range s.options.Faults.All() {
		v.Faults = append(v.Faults, listedFault{f.What(), f.Target(), fmt.Sprintf("%g %%", 100*f.Rate), f.Calls, f.Struck})
	}
	for _, state := range s.options.Schedules.States() {
		v.Schedules = append(v.Schedules, shown(state))
	}
	for _, m := range latest(s.options.Mailbox.Mails()) {
		v.Mails = append(v.Mails, listedMail{m.ID, formatTime(m.At), m.To, m.Subject})
	}
	for _, d := range latest(s.options.Hook.all()) {
		v.Deliveries = append(v.Deliveries, listedDelivery{d.At, d.Method + " " + d.Path, d.Headers["webhook-id"], len(d.Body), truncate(d.Body)})
	}
	for _, l := range latest(s.options.Schedules.DeadLetters()) {
		v.DeadLetters = append(v.DeadLetters, listedLetter{formatTime(l.At), l.Function, truncate(string(l.Event)), truncate(l.Error)})
	}
	return v
}

func shown(s schedule.State) listedSchedule {
	return listedSchedule{s.Function, s.Expression, formatTime(s.Next), formatTime(s.Last), s.Runs}
}

// latest returns the last maxListed entries of a list, the newest first.
func latest[T any](all []T) []T {
	batch := slices.Clone(all[max(0, len(all)-maxListed):])
	slices.Reverse(batch)
	return batch
}

func truncate(text string) string {
	characters := 0
	for i := range text {
		if characters == beginning {
			return text[:i] + "…"
		}
		characters++
	}
	return text
}

// formatTime formats a time. It returns an empty string for the zero time.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeFormat)
}

func (s *handlers) serveView(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.view())
}
