// Package runtime runs the built functions as Lambda does: processes that fetch
// events over the Runtime API, one event at a time each, more processes under
// load. Inside: the API, processes, pools, time-outs and crashes. Not inside:
// HTTP, building, the database.
package runtime

import (
	"time"
)

// Function is what a pool runs.
type Function struct {
	Name      string
	ARN       string
	Region    string
	Handler   string
	Memory    int // MB; told to the function, not enforced
	Timeout   time.Duration
	LogFormat string // Text or JSON
	Env       map[string]string
}

// Line is a process's own way to the database, which counts what each event
// costs.
type Line interface {
	// Endpoint is the database's address for this process.
	Endpoint() string
	// Owned is told how the process is ended from outside: it may have to die in
	// the middle of a call.
	Owned(end func())
	// Begin starts counting for a new event.
	Begin()
	// Counts since Begin: all calls, and the longest chain of them.
	Counts() (calls, trips int)
	// Units since Begin: the capacity that the calls consumed.
	Units() (read, write float64)
	Close()
}

// Outcome is what became of an event.
type Outcome struct {
	// Payload is the function's result, or Lambda's error document.
	Payload   []byte
	Failure   Failure
	RequestID string
	// Cold is true for a process's first event.
	Cold  bool
	Calls int
	Trips int
	// ReadUnits and WriteUnits are the capacity that the calls consumed.
	ReadUnits, WriteUnits float64
	Took                  time.Duration
}

// Failure says why there is no result; empty when there is one.
type Failure string

// The ways to fail.
const (
	FunctionError Failure = "function error"
	Crashed       Failure = "crashed"
	TimedOut      Failure = "timed out"
	InitFailed    Failure = "failed to start"
	NotRun        Failure = "not run" // nobody was free in time
)
