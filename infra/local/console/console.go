// Package console serves the paths under /_local/, which only the laptop cloud has. Most
// of them are JSON calls for tools and tests. One is a page for people. The package also
// restricts who may use them.
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

// Prefix is the prefix of all the console's paths.
const Prefix = "/_local/"

// Options holds the parts of the cloud that the console shows and controls.
type Options struct {
	// Port is the server's port. Callers must name it in the Host header.
	Port int
	// Functions returns the functions' current state.
	Functions func() []Function
	// Invoke passes an event to a function.
	Invoke func(ctx context.Context, function string, event []byte) runtime.Outcome
	// Clock returns and moves the cloud's time.
	Clock Clock
	// History holds the answered requests.
	History *History
	// Permissions returns the granted, used and refused permissions by function.
	Permissions func() map[string]iam.Permissions
	// Schedules gives the console access to the schedules that invoke functions.
	Schedules Schedules
	// Mailbox holds the sent mails.
	Mailbox *mail.Mailbox
	// Faults are injected into database calls.
	Faults *fault.List
	// Keys returns the capacity units that each partition key has consumed, and ResetKeys
	// resets them.
	Keys      func() []database.KeyUnits
	ResetKeys func()
	// Hook holds the webhooks that were delivered to the console.
	Hook *WebhookSink
	// Database returns the data's location, for operators' tools.
	Database func() Database
}

// Function is a function of the template.
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

// Clock is the cloud's clock. Advance, Set and Stop move it, run everything that has become
// due, and return the new time.
type Clock interface {
	Now() time.Time
	Advance(d time.Duration) time.Time
	Set(t time.Time) time.Time
	// Stop moves the clock to t and keeps it there.
	Stop(t time.Time) time.Time
}

// Database is the data's location, for operators' tools.
type Database struct {
	Endpoint string `json:"endpoint"`
	Table    string `json:"table"`
	// PID is the database's process id. It is 0 if the cloud runs no database or is
	// restarting it.
	PID int64 `json:"pid,omitempty"`
}

// New returns the handler of all paths under Prefix.
func New(o Options) http.Handler {
	s := &handlers{o}
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
	mux.HandleFunc("GET /_local/outbox/{id}", s.showMail)
	mux.HandleFunc("POST /_local/hook", s.takeHook)
	mux.HandleFunc("POST /_local/hook/{rest...}", s.takeHook)
	mux.HandleFunc("GET /_local/hook", s.hooks)
	mux.HandleFunc("DELETE /_local/hook", s.dropHooks)
	mux.HandleFunc("GET /_local/page.css", asset)
	mux.HandleFunc("GET /_local/page.js", asset)
	mux.HandleFunc("GET /_local/page.json", s.serveView)
	mux.HandleFunc("GET /_local/{$}", s.page)
	return guard(o.Port, mux)
}

type handlers struct{ options Options }

func (s *handlers) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]bool{"ready": true})
}

func (s *handlers) functions(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"functions": s.options.Functions()})
}

func (s *handlers) requests(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"requests": s.options.History.Latest()})
}

// undescribed answers with the requests whose answers did not match the API description.
func (s *handlers) undescribed(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"requests": s.options.History.Undescribed()})
}

func (s *handlers) permissions(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"functions": s.options.Permissions()})
}

func (s *handlers) database(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.options.Database())
}

func (s *handlers) keys(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"keys": s.options.Keys()})
}

func (s *handlers) resetKeys(w http.ResponseWriter, _ *http.Request) {
	s.options.ResetKeys()
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func writeError(w http.ResponseWriter, status int, why string) {
	writeJSON(w, status, map[string]string{"error": why})
}
