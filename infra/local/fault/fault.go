// Package fault decides which database calls fail, and how. It defines the kinds of
// faults, which faults are in force, and which calls each strikes. Package database makes
// the calls fail.
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Kind is a kind of fault.
type Kind string

// The kinds of faults.
const (
	Latency  Kind = "latency"  // the call takes longer
	Reset    Kind = "reset"    // the connection is reset
	Cut      Kind = "cut"      // the call is executed, but its answer is truncated
	Throttle Kind = "throttle" // the call is throttled, a batch in part
	Error    Kind = "error"    // the answer has status 500
	Conflict Kind = "conflict" // the call conflicts with a transaction
	Kill     Kind = "kill"     // the calling process is killed
)

// Kinds lists all kinds.
var Kinds = []Kind{Latency, Reset, Cut, Throttle, Error, Conflict, Kill}

// The two sides of a call: before it reaches the database, and after it is executed.
const (
	Before = "before"
	After  = "after"
)

// Fault is a fault in force.
type Fault struct {
	Kind Kind `json:"kind"`
	// Rate is the share of calls to strike.
	Rate float64 `json:"rate"`
	// Millis is the added latency.
	Millis int `json:"ms,omitempty"`
	// Operation and Function select the calls to strike; empty selects all.
	Operation string `json:"operation,omitempty"`
	Function  string `json:"function,omitempty"`
	// When is Before or After; if it is empty, chance decides.
	When string `json:"when,omitempty"`
	// Seed decides which calls are struck. Of the calls that the fault may strike, the
	// same seed always strikes the same numbers.
	Seed uint32 `json:"seed"`
}

const (
	defaultMillis = 200
	maxMillis     = 60_000
	maxBytes      = 4 << 10
)

// sided lists the kinds that can strike on either side of a call.
var sided = []Kind{Latency, Reset, Error, Kill}

// operations lists the DynamoDB operations that the functions may call.
var operations = []string{
	"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan",
	"BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems",
}

// conflicting lists the operations that can conflict with a transaction.
var conflicting = []string{"PutItem", "UpdateItem", "DeleteItem", "TransactGetItems", "TransactWriteItems"}

// Read decodes a fault. Its errors say how to correct the text.
func Read(text io.Reader, functions []string) (Fault, error) {
	sent := struct {
		Fault
		Rate *float64 `json:"rate"`
		Ms   *int     `json:"ms"`
		Seed *uint32  `json:"seed"`
	}{}
	decoder := json.NewDecoder(io.LimitReader(text, maxBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&sent); err != nil {
		return Fault{}, fmt.Errorf(`send a fault like {"kind":"latency","rate":0.2,"ms":200}: %w`, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Fault{}, errors.New("send one fault at a time")
	}
	f := sent.Fault
	f.Rate, f.Seed = 1, rand.Uint32()
	if sent.Rate != nil {
		f.Rate = *sent.Rate
	}
	if sent.Seed != nil {
		f.Seed = *sent.Seed
	}
	if f.Kind == Latency {
		f.Millis = defaultMillis
	}
	if sent.Ms != nil {
		f.Millis = *sent.Ms
	}
	return f, f.check(functions)
}

func (f Fault) check(functions []string) error {
	switch {
	case !slices.Contains(Kinds, f.Kind):
		return fmt.Errorf("there is no kind %q; use one of %s", f.Kind, list(Kinds))
	case !(f.Rate > 0 && f.Rate <= 1):
		return fmt.Errorf("rate is the share of calls to strike: it must be above 0 and at most 1, not %v", f.Rate)
	case f.Kind != Latency && f.Millis != 0:
		return fmt.Errorf("only the kind %s has ms, not %s", Latency, f.Kind)
	case f.Kind == Latency && (f.Millis < 1 || f.Millis > maxMillis):
		return fmt.Errorf("ms is the added latency: it must be 1 to %d, not %d", maxMillis, f.Millis)
	case f.When != "" && f.When != Before && f.When != After:
		return fmt.Errorf("when must be %q or %q, not %q", Before, After, f.When)
	case f.When != "" && !slices.Contains(sided, f.Kind):
		return fmt.Errorf("only the kinds %s have when, not %s", list(sided), f.Kind)
	case f.Operation != "" && !slices.Contains(operations, f.Operation):
		return fmt.Errorf("there is no operation %q; use one of %s", f.Operation, list(operations))
	case f.Kind == Conflict && f.Operation != "" && !slices.Contains(conflicting, f.Operation):
		return fmt.Errorf("%s never conflicts; these can: %s", f.Operation, list(conflicting))
	case f.Function != "" && !slices.Contains(functions, f.Function):
		return fmt.Errorf("there is no function %s; use one of %s", f.Function, list(functions))
	}
	return nil
}

// What describes the fault, for example "latency of 200 ms, after".
func (f Fault) What() string {
	what := string(f.Kind)
	if f.Millis != 0 {
		what += fmt.Sprintf(" of %d ms", f.Millis)
	}
	if f.When != "" {
		what += ", " + f.When
	}
	return what
}

// Target describes the calls that the fault strikes, for example "PutItem of
// RoomFunction".
func (f Fault) Target() string {
	operation, function := f.Operation, f.Function
	if operation == "" {
		operation = "any call"
	}
	if function == "" {
		function = "any function"
	}
	return operation + " of " + function
}

func list[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}

// concerns reports whether the fault may strike the call.
func (f Fault) concerns(function, operation string) bool {
	return (f.Function == "" || f.Function == function) &&
		(f.Operation == "" || f.Operation == operation) &&
		(f.Kind != Conflict || slices.Contains(conflicting, operation))
}

func (f Fault) wait() time.Duration { return time.Duration(f.Millis) * time.Millisecond }
