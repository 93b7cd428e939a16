package faults

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// kind is a kind of violation.
type kind string

const (
	lost       kind = "lost"       // acknowledged, but not stored
	duplicated kind = "duplicated" // stored more often than requested
	wrong      kind = "wrong"      // any other contradiction
)

// Violation is a violated guarantee, with the visitors' actions.
type Violation struct {
	Fault   string
	Kind    kind
	What    string
	History []string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s: %s\n\t%s", v.Fault, v.Kind, v.What, strings.Join(v.History, "\n\t"))
}

// Row sums up the calls made under one fault.
type Row struct {
	Fault    string
	Tried    int
	Done     int // acknowledged
	Refused  int // 4xx: the rules forbid it
	Honest   int // 503, or the gateway's 500 for a dead process
	Lost     int
	Twice    int
	Wrong    int
	Mails    int
	Repeated int // mails delivered again with the same identity
	Slowest  time.Duration
}

// tally counts the calls and violations of concurrent clients.
type tally struct {
	lock       sync.Mutex
	row        Row
	violations []Violation
}

func (t *tally) count(a answer) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.row.Tried++
	t.row.Slowest = max(t.row.Slowest, a.took)
	switch {
	case a.outcome == acknowledged:
		t.row.Done++
	case a.outcome == refused:
		t.row.Refused++
	case a.wrong == "":
		t.row.Honest++
	}
}

// delivered counts the deliveries of a survey's message.
func (t *tally) delivered(times int) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.row.Mails += min(times, 1)
	t.row.Repeated += max(times-1, 0)
}

func (t *tally) violated(k kind, what string, history []string) {
	t.lock.Lock()
	defer t.lock.Unlock()
	switch k {
	case lost:
		t.row.Lost++
	case duplicated:
		t.row.Twice++
	default:
		t.row.Wrong++
	}
	t.violations = append(t.violations, Violation{t.row.Fault, k, what, history})
}

// Table formats the rows as Markdown.
func Table(rows []Row) string {
	var out strings.Builder
	out.WriteString("| Fault | Calls | Acknowledged | Refused by a rule | Refused honestly | Lost | Done twice | Wrong | Mails, sent again | Slowest answer |\n")
	out.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d | %d | %d | %d, %d | %.1f s |\n",
			r.Fault, r.Tried, r.Done, r.Refused, r.Honest, r.Lost, r.Twice, r.Wrong, r.Mails, r.Repeated, r.Slowest.Seconds())
	}
	return out.String()
}
