package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"livechat/infra/local/build"
	"livechat/infra/local/process"
	"livechat/infra/local/runtime"
	"livechat/infra/local/template"
	"livechat/shared/store"
)

// subject is a function under measurement, with its results.
type subject struct {
	name     string
	options  runtime.Options
	log      process.Output // of its processes
	routes   []template.Route
	request  request
	requests int       // number of requests sent so far
	began    time.Time // time of the first event

	size  int64           // size of the binary in bytes
	peak  int64           // peak memory in bytes; 0 if the system does not report it
	ready []time.Duration // by round
	first []time.Duration // by round
	warm  []time.Duration // by call
}

// helloFolder holds the function with which all other functions are compared.
const helloFolder = "infra/tools/bench/hello"

// newSubjects builds hello and all functions in the same way and returns them, hello
// first. Their processes use the database at the endpoint.
func newSubjects(ctx context.Context, b build.Builder, functions []template.Function, db *store.Store, endpoint string) (
	[]*subject, error,
) {
	if len(functions) == 0 {
		return nil, fmt.Errorf("the template declares no functions")
	}
	hello := functions[0] // hello gets the same configuration as the functions
	hello.ID, hello.Code = "hello", helloFolder
	hello.Routes = []template.Route{{Function: hello.ID, Method: "GET", Path: "/hello"}}
	functions = append([]template.Function{hello}, functions...)

	var folders []string
	for _, f := range functions {
		folders = append(folders, f.Code)
	}
	binaries, err := b.Build(ctx, folders)
	if err != nil {
		return nil, err
	}
	known := requests(db)
	var subjects []*subject
	for _, f := range functions {
		if len(f.Routes) == 0 {
			continue // only a schedule invokes this function, so nobody waits for it
		}
		s := &subject{name: filepath.Base(f.Code), began: time.Now(), routes: f.Routes}
		s.options = runtime.Options{
			Function: runtime.Function{
				Name: f.ID, ARN: template.FunctionARN(f.ID), Region: template.Region, Handler: f.Handler,
				Memory: f.Memory, Timeout: f.Timeout, LogFormat: f.LogFormat, Env: f.Env,
			},
			Binary: binaries[f.Code],
			Line:   func() runtime.Line { return direct(endpoint) },
			Log:    func(line string) { fmt.Fprintln(&s.log, line) },
		}
		if s.request = known[s.name]; s.request == nil {
			return nil, fmt.Errorf("there is no request for %s; add one to infra/tools/bench/request.go", f.Code)
		}
		info, err := os.Stat(s.options.Binary)
		if err != nil {
			return nil, fmt.Errorf("size of %s: %w", s.name, err)
		}
		s.size = info.Size()
		subjects = append(subjects, s)
	}
	return subjects, nil
}

// eventInterval is the time between two events of a function. Functions that edit the same
// visitor's messages share a rate limit of 60 a minute.
const eventInterval = 3 * time.Second

// nextEvent returns the event for the subject's next request.
func (s *subject) nextEvent(ctx context.Context) ([]byte, error) {
	r, err := s.request(ctx, s.requests)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	// The interval keeps rate counters as small as with real visitors.
	at := s.began.Add(time.Duration(s.requests) * eventInterval)
	s.requests++
	return eventOf(r, s.routes, at)
}

// call passes the subject's next event to a process of the pool. It fails unless the
// answer is a success.
func (s *subject) call(ctx context.Context, pool *runtime.Pool) (runtime.Outcome, error) {
	event, err := s.nextEvent(ctx)
	if err != nil {
		return runtime.Outcome{}, err
	}
	out := pool.Invoke(ctx, event)
	if err := mustSucceed(out); err != nil {
		return out, fmt.Errorf("%s: %w\n%s", s.name, err, s.log.Last())
	}
	return out, nil
}

// direct connects a process to the database at the address, without counting its calls.
type direct string

func (d direct) Endpoint() string        { return string(d) }
func (direct) Owned(func())              {}
func (direct) Begin()                    {}
func (direct) Counts() (int, int)        { return 0, 0 }
func (direct) Units() (float64, float64) { return 0, 0 }
func (direct) Close()                    {}
