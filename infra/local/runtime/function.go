// Package runtime runs the built functions as Lambda does. A process fetches one event at
// a time over the Runtime API, and more processes are started under load. The package
// implements the Runtime API, processes, pools, timeouts and crashes. Other packages
// implement HTTP, building and the database.
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
	Memory    int // in MB; passed to the function but not enforced
	Timeout   time.Duration
	LogFormat string // Text or JSON
	Env       map[string]string
}

// Line is a process's connection to the database. It counts the calls of each event and
// the capacity that they consume.
type Line interface {
	// Endpoint returns the database's address for this process.
	Endpoint() string
	// Owned sets the function that kills the process. It may be called in the middle of a
	// database call.
	Owned(end func())
	// Begin starts counting for a new event.
	Begin()
	// Counts returns the number of calls and of sequential round trips since Begin.
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
	// Cold reports whether the event was the process's first.
	Cold  bool
	Calls int
	Trips int
	// ReadUnits and WriteUnits are the capacity that the calls consumed.
	ReadUnits, WriteUnits float64
	Took                  time.Duration
	// Init is the time from the process's start to its first request for an event. It is
	// zero unless Cold is true.
	Init time.Duration
	PID  int
}

// Failure is the reason why a function returned no result. It is empty if there is a
// result.
type Failure string

// The kinds of failure.
const (
	FunctionError Failure = "function error"
	Crashed       Failure = "crashed"
	TimedOut      Failure = "timed out"
	InitFailed    Failure = "failed to start"
	NotRun        Failure = "not run" // no process was free in time
)
