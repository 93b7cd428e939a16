// Package runtime runs the built functions as Lambda does: processes fetch events over
// the Runtime API, one event at a time each, and more processes are started under load.
// It implements the API, processes, pools, time-outs and crashes. HTTP, building and the
// database are elsewhere.
package runtime

import (
	"time"
)

// Function describes the function that a pool runs.
type Function struct {
	Name      string
	ARN       string
	Region    string
	Handler   string
	Memory    int // MB; passed to the function, not enforced
	Timeout   time.Duration
	LogFormat string // Text or JSON
	Env       map[string]string
}

// Line is a process's connection to the database. It counts what each event costs.
type Line interface {
	// Endpoint returns the database's address for this process.
	Endpoint() string
	// Owned sets the function that kills the process, which may happen in the middle of a
	// call.
	Owned(end func())
	// Begin starts counting for a new event.
	Begin()
	// Counts returns the number of calls since Begin, and the length of their longest
	// chain.
	Counts() (calls, trips int)
	// Units returns the capacity that the calls since Begin consumed.
	Units() (read, write float64)
	Close()
}

// Outcome is the result of an event.
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

// Failure says why there is no result. It is empty if there is a result.
type Failure string

// The kinds of failure.
const (
	FunctionError Failure = "function error"
	Crashed       Failure = "crashed"
	TimedOut      Failure = "timed out"
	InitFailed    Failure = "failed to start"
	NotRun        Failure = "not run" // no process was free in time
)
