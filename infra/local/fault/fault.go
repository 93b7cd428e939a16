// Package fault says which calls of the database fail, and how. Inside: the kinds
// of faults, which of them are in force, whom each strikes. Not inside: how a call
// is made to fail, see package database.
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

// Kind is what befalls a call.
type Kind string

// The kinds.
const (
	Latency  Kind = "latency"  // it takes longer
	Reset    Kind = "reset"    // its connection is reset
	Cut      Kind = "cut"      // it is done, and its answer ends in the middle
	Throttle Kind = "throttle" // it is refused for now, a batch in part
	Error    Kind = "error"    // it is answered with a 500
	Conflict Kind = "conflict" // it meets another transaction
	Kill     Kind = "kill"     // the calling process is killed
)

// Kinds are all of them.
var Kinds = []Kind{Latency, Reset, Cut, Throttle, Error, Conflict, Kill}

// The sides of a call: before it reached the database, and after it was done.
const (
	Before = "before"
	After  = "after"
)

// Fault is one that is in force.
type Fault struct {
	Kind Kind `json:"kind"`
	// Rate is the share of calls that it strikes.
	Rate float64 `json:"rate"`
	// Millis is how much longer a call takes.
	Millis int `json:"ms,omitempty"`
	// Operation and Function are whose calls it strikes; empty for all.
	Operation string `json:"operation,omitempty"`
	Function  string `json:"function,omitempty"`
	// When is Before or After; empty for either, by chance.
	When string `json:"when,omitempty"`
	// Seed decides which calls are struck: of the calls that it may strike, always
	// those of the same numbers.
	Seed uint32 `json:"seed"`
}

const (
	defaultMillis = 200
	maxMillis     = 60_000
	maxBytes      = 4 << 10
)

// sided are the kinds that may come before the call reached the database, and
// after.
var sided = []Kind{Latency, Reset, Error, Kill}

// operations are those of DynamoDB that the functions may call.
var operations = []string{
	"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan",
	"BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems",
}

// conflicting are those that a transaction can be in the way of.
var conflicting = []string{"PutItem", "UpdateItem", "DeleteItem", "TransactGetItems", "TransactWriteItems"}

// Read returns the fault that a text describes. The error says what to write
// instead.
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
		return Fault{}, fmt.Errorf(`send one such as {"kind":"latency","rate":0.2,"ms":200}: %w`, err)
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
		return fmt.Errorf("there is no kind %q; there are %s", f.Kind, list(Kinds))
	case !(f.Rate > 0 && f.Rate <= 1):
		return fmt.Errorf("rate is the share of calls to strike, above 0 and at most 1, not %v", f.Rate)
	case f.Kind != Latency && f.Millis != 0:
		return fmt.Errorf("ms is for the kind %s, not for %s", Latency, f.Kind)
	case f.Kind == Latency && (f.Millis < 1 || f.Millis > maxMillis):
		return fmt.Errorf("ms is how much longer a call takes, 1 to %d, not %d", maxMillis, f.Millis)
	case f.When != "" && f.When != Before && f.When != After:
		return fmt.Errorf("when is %q or %q, not %q", Before, After, f.When)
	case f.When != "" && !slices.Contains(sided, f.Kind):
		return fmt.Errorf("when is for the kinds %s, not for %s", list(sided), f.Kind)
	case f.Operation != "" && !slices.Contains(operations, f.Operation):
		return fmt.Errorf("there is no operation %q; there are %s", f.Operation, list(operations))
	case f.Kind == Conflict && f.Operation != "" && !slices.Contains(conflicting, f.Operation):
		return fmt.Errorf("%s never meets a conflict; these can: %s", f.Operation, list(conflicting))
	case f.Function != "" && !slices.Contains(functions, f.Function):
		return fmt.Errorf("there is no function %s; there are %s", f.Function, list(functions))
	}
	return nil
}

// What says what the fault does, such as "latency of 200 ms, after".
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

// Whose says whose calls the fault strikes, such as "PutItem of RoomFunction".
func (f Fault) Whose() string {
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
