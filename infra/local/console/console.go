// Package console is what the laptop's cloud adds to the deployed one, under
// /_local/: JSON calls for tools and tests, and a page for people. Inside: the
// calls, the page, and who may use them. Not inside: the cloud they show.
package console

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"livechat/infra/local/database"
	"livechat/infra/local/fault"
	"livechat/infra/local/iam"
	"livechat/infra/local/mail"
	"livechat/infra/local/runtime"
)

// Prefix of all paths here.
const Prefix = "/_local/"

// Options are the parts of the cloud that the surface shows and moves.
type Options struct {
	// Port the server listens on: part of the Host that callers must name.
	Port int
	// Functions as they are now.
	Functions func() []Function
	// Invoke gives an event to a function.
	Invoke func(ctx context.Context, function string, event []byte) runtime.Outcome
	// Clock shows the time and moves it.
	Clock Clock
	// History of answered requests.
	History *History
	// Permissions granted, used and refused, by function.
	Permissions func() map[string]iam.Permissions
	// Schedules that wake functions.
	Schedules Schedules
	// Mailbox has the mails that were sent.
	Mailbox *mail.Mailbox
	// Faults are what befalls calls of the database.
	Faults *fault.List
	// Keys returns the units of each partition key; ResetKeys sets them to 0.
	Keys      func() []database.KeyUnits
	ResetKeys func()
	// Hook has the webhooks that were delivered here.
	Hook *Hook
	// Database tells operators' tools where the data is.
	Database func() Database
}

// Function is one of the template's.
type Function struct {
	Name      string    `json:"name"`
	Routes    []string  `json:"routes"`
	Schedules []string  `json:"schedules"`
	Memory    int       `json:"memory"`
	Timeout   string    `json:"timeout"`
	Instances int       `json:"instances"`
	Busy      int       `json:"busy"`
	Built     time.Time `json:"built"`
}

// Clock is the cloud's time. Its moves return the new time, once everything
// that fell due by then has been done.
type Clock interface {
	Now() time.Time
	Advance(time.Duration) time.Time
	Set(time.Time) time.Time
	Stop(time.Time) time.Time
}

// Database is where the data is.
type Database struct {
	Endpoint string `json:"endpoint"`
	Table    string `json:"table"`
	// PID is the process, 0 when it is none of the cloud's, or is being started again.
	PID int64 `json:"pid,omitempty"`
}

// New returns the handler of everything under Prefix.
func New(o Options) http.Handler {
	s := &surface{o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_local/health", s.health)
	mux.HandleFunc("GET /_local/clock", s.clock)
	mux.HandleFunc("POST /_local/clock", s.moveClock)
	mux.HandleFunc("POST /_local/invoke/{function}", s.invoke)
	mux.HandleFunc("GET /_local/functions", s.functions)
	mux.HandleFunc("GET /_local/requests", s.requests)
	mux.HandleFunc("GET /_local/undescribed", s.undescribed)
	mux.HandleFunc("GET /_local/permissions", s.permissions)
	mux.HandleFunc("GET /_local/database", s.database)
	mux.HandleFunc("GET /_local/schedules", s.schedules)
	mux.HandleFunc("GET /_local/dead-letters", s.deadLetters)
	mux.HandleFunc("DELETE /_local/dead-letters", s.dropDeadLetters)
	mux.HandleFunc("GET /_local/faults", s.faults)
	mux.HandleFunc("POST /_local/faults", s.addFault)
	mux.HandleFunc("DELETE /_local/faults", s.clearFaults)
	mux.HandleFunc("GET /_local/keys", s.keys)
	mux.HandleFunc("DELETE /_local/keys", s.resetKeys)
	mux.HandleFunc("GET /_local/outbox", s.outbox)
	mux.HandleFunc("DELETE /_local/outbox", s.emptyOutbox)
	mux.HandleFunc("GET /_local/outbox/{id}", s.mail)
	mux.HandleFunc("POST /_local/hook", s.takeHook)
	mux.HandleFunc("POST /_local/hook/{rest...}", s.takeHook)
	mux.HandleFunc("GET /_local/hook", s.hooks)
	mux.HandleFunc("DELETE /_local/hook", s.dropHooks)
	mux.HandleFunc("GET /_local/page.css", asset)
	mux.HandleFunc("GET /_local/page.js", asset)
	mux.HandleFunc("GET /_local/page.json", s.viewed)
	mux.HandleFunc("GET /_local/{$}", s.page)
	return guard(o.Port, mux)
}

type surface struct{ o Options }

func (s *surface) health(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]bool{"ready": true})
}

func (s *surface) functions(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"functions": s.o.Functions()})
}

func (s *surface) requests(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"requests": s.o.History.Latest()})
}

func (s *surface) undescribed(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"requests": s.o.History.Undescribed()})
}

func (s *surface) permissions(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"functions": s.o.Permissions()})
}

func (s *surface) database(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, s.o.Database())
}

func (s *surface) keys(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"keys": s.o.Keys()})
}

func (s *surface) resetKeys(w http.ResponseWriter, _ *http.Request) {
	s.o.ResetKeys()
	w.WriteHeader(http.StatusNoContent)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // nobody to tell
}

func refuse(w http.ResponseWriter, status int, why string) {
	write(w, status, map[string]string{"error": why})
}
