package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// module is the prefix of the repository's packages.
const module = "livechat/"

// event is a line of go test -json, see `go doc test2json`. A failed build has no package
// but an import path.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64
}

// report writes what people need to see of a stream of events.
type report struct {
	out      io.Writer
	packages int
	ended    int
	// output holds what each running test and package has printed.
	output map[string]*strings.Builder
	// explained holds the packages of which a test has failed.
	explained map[string]bool
	// failed holds the commands that repeat what failed.
	failed []string
}

func (r *report) read(events io.Reader) error {
	r.output, r.explained = map[string]*strings.Builder{}, map[string]bool{}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 && json.Unmarshal(line, &e) != nil {
			fmt.Fprintf(r.out, "%s", line) // not an event, such as an error of go itself
		}
		r.add(e)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the tests' events: %w", err)
		}
	}
}

func (r *report) add(e event) {
	// A subtest's output belongs to its test, so that it is shown in order and once.
	test, _, isSubtest := strings.Cut(e.Test, "/")
	key := e.Package + " " + test
	switch e.Action {
	case "output":
		if r.output[key] == nil {
			r.output[key] = new(strings.Builder)
		}
		r.output[key].WriteString(e.Output)
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "fail", "pass", "skip":
		if !isSubtest {
			r.end(e, key)
		}
	}
}

// end reports a test or package that has ended.
func (r *report) end(e event, key string) {
	output := r.output[key]
	delete(r.output, key)
	if e.Action == "fail" && output != nil {
		fmt.Fprint(r.out, output)
	}
	if e.Test != "" {
		if e.Action == "fail" {
			command := alone(e.Package, e.Test)
			fmt.Fprintf(r.out, "To run it alone: %s\n", command)
			r.failed = append(r.failed, command)
			r.explained[e.Package] = true
		}
		return
	}
	if e.Action == "skip" {
		return // a package without tests
	}
	r.ended++
	fmt.Fprintf(r.out, "[%d/%d] %s %s %.1fs\n", r.ended, r.packages, e.Action, strings.TrimPrefix(e.Package, module), e.Elapsed)
	if e.Action == "fail" && !r.explained[e.Package] {
		r.failed = append(r.failed, alone(e.Package, ""))
	}
}

// alone returns the command that runs one test, or a package whose tests did not run.
func alone(pkg, test string) string {
	command := "go run ./infra/dynamodb-local/with -- go test -count=1 "
	if test != "" {
		command += fmt.Sprintf("-run '^%s$' ", test)
	}
	return command + "./" + strings.TrimPrefix(pkg, module)
}

func (r *report) summarize(took time.Duration) {
	if len(r.failed) == 0 {
		fmt.Fprintf(r.out, "all tests passed in %s\n", took.Round(time.Second))
		return
	}
	fmt.Fprintf(r.out, "\n%d failed in %s. To run them alone:\n", len(r.failed), took.Round(time.Second))
	for _, command := range r.failed {
		fmt.Fprintln(r.out, "   ", command)
	}
}
