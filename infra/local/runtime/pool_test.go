package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var toy string // path of the built toy function

func TestMain(m *testing.M) {
	os.Exit(withToy(m))
}

func withToy(m *testing.M) int {
	dir, err := os.MkdirTemp("", "toy")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	toy = filepath.Join(dir, "toy")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", toy, "./testdata/toy")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	return m.Run()
}

// fakeLine is a Line without a database.
type fakeLine struct{}

func (fakeLine) Endpoint() string          { return "http://127.0.0.1:1/Toy/1" }
func (fakeLine) Owned(func())              {}
func (fakeLine) Begin()                    {}
func (fakeLine) Counts() (int, int)        { return 3, 2 }
func (fakeLine) Units() (float64, float64) { return 1.5, 4 }
func (fakeLine) Close()                    {}

type testLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *testLog) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *testLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

func newTestPool(t *testing.T, change func(*Function)) (*Pool, *testLog) {
	t.Helper()
	f := Function{
		Name: "Toy", ARN: "arn:aws:lambda:us-east-1:123456789012:function:Toy",
		Region: "us-east-1", Handler: "bootstrap", Memory: 256, Timeout: 10 * time.Second,
		LogFormat: "JSON", Env: map[string]string{"TABLE_NAME": "Table"},
	}
	if change != nil {
		change(&f)
	}
	log := &testLog{}
	p := NewPool(Options{Function: f, Binary: toy, Line: func() Line { return fakeLine{} }, Log: log.add})
	t.Cleanup(p.Close)
	return p, log
}

func TestResultOfOneProcessAfterAnother(t *testing.T) {
	p, _ := newTestPool(t, nil)
	first := p.Invoke(context.Background(), []byte(`{"text":"one"}`))
	second := p.Invoke(context.Background(), []byte(`{"text":"two"}`))

	got := []any{string(first.Payload), first.Cold, first.Calls, first.Trips, first.ReadUnits, first.WriteUnits, string(second.Payload), second.Cold}
	want := []any{`"one"`, true, 3, 2, 1.5, 4.0, `"two"`, false}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n, _ := p.Count(); n != 1 || first.PID == 0 || first.PID != second.PID {
		t.Errorf("%d processes, ids %d and %d, want one, reused", n, first.PID, second.PID)
	}
	if first.Init <= 0 || second.Init != 0 {
		t.Errorf("the process was ready after %s and %s, want a time only for the first event", first.Init, second.Init)
	}
}

func TestFailures(t *testing.T) {
	tests := map[string]struct {
		event   string
		change  func(*Function)
		failure Failure
		payload string // a pattern
		log     string // a pattern
	}{
		"crash": {
			event:   `{"do":"crash"}`,
			failure: Crashed,
			payload: `"errorType":"Runtime.ExitError"`,
			log:     `Runtime exited with error: exit status 7\n.*out of luck`,
		},
		"panic": {
			event:   `{"do":"panic"}`,
			failure: FunctionError,
			payload: `toy broke`,
			log:     `function error: .*toy broke`,
		},
		"error returned": {
			event:   `{"do":"fail"}`,
			failure: FunctionError,
			payload: `"errorMessage":"failed as told"`,
			log:     `function error: .*failed as told`,
		},
		"time-out": {
			event:   `{"do":"hang"}`,
			change:  func(f *Function) { f.Timeout = 300 * time.Millisecond },
			failure: TimedOut,
			payload: `"errorType":"Sandbox.Timedout"`,
			log:     `Task timed out after 0\.30 seconds`,
		},
		"exit while starting": {
			event:   `{}`,
			change:  func(f *Function) { f.Env = map[string]string{"TOY_START": "exit"} },
			failure: InitFailed,
			payload: `exit status 3`,
			log:     `failed to start: exit status 3\nno TABLE_NAME`,
		},
		"result over 6 MB": {
			event:   `{"do":"big"}`,
			failure: FunctionError,
			payload: `Function.ResponseSizeTooLarge`,
			log:     `exceeded maximum allowed payload size`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, log := newTestPool(t, tt.change)
			out := p.Invoke(context.Background(), []byte(tt.event))
			if out.Failure != tt.failure {
				t.Errorf("failure %q, want %q", out.Failure, tt.failure)
			}
			if !regexp.MustCompile(tt.payload).Match(out.Payload) {
				t.Errorf("payload %s, want %s", out.Payload, tt.payload)
			}
			if !regexp.MustCompile(tt.log).MatchString(log.text()) {
				t.Errorf("log:\n%s\nwant %s", log.text(), tt.log)
			}
		})
	}
}

func TestNewProcessAfterFailure(t *testing.T) {
	for _, do := range []string{"crash", "panic", "hang"} {
		t.Run(do, func(t *testing.T) {
			t.Parallel()
			p, _ := newTestPool(t, func(f *Function) { f.Timeout = 2 * time.Second })
			p.Invoke(context.Background(), []byte(`{"do":"`+do+`"}`))
			out := p.Invoke(context.Background(), []byte(`{"text":"well"}`))
			if string(out.Payload) != `"well"` || !out.Cold {
				t.Errorf("got %s, cold %v, failure %q", out.Payload, out.Cold, out.Failure)
			}
		})
	}
}

func TestProcessesSideBySide(t *testing.T) {
	p, _ := newTestPool(t, nil)
	event, _ := json.Marshal(map[string]string{"do": "meet", "path": t.TempDir()})
	pids := sync.Map{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			out := p.Invoke(context.Background(), event)
			if out.Failure != "" {
				t.Errorf("%s: %s", out.Failure, out.Payload)
			}
			pids.Store(string(out.Payload), true)
		})
	}
	all.Wait()
	distinct := 0
	pids.Range(func(any, any) bool { distinct++; return true })
	if distinct != 4 {
		t.Errorf("%d processes served 4 concurrent events, want 4", distinct)
	}
}

func TestWhatAFunctionIsTold(t *testing.T) {
	t.Setenv("SECRET_OF_THE_LAPTOP", "x")
	p, _ := newTestPool(t, nil)
	out := p.Invoke(context.Background(), []byte(`{"do":"describe"}`))
	var told struct {
		ARN         string
		RequestID   string
		RemainingMs int
		Environment []string
	}
	if err := json.Unmarshal(out.Payload, &told); err != nil {
		t.Fatalf("%v: %s", err, out.Payload)
	}
	if told.ARN != "arn:aws:lambda:us-east-1:123456789012:function:Toy" || told.RequestID != out.RequestID {
		t.Errorf("the function received %+v", told)
	}
	if told.RemainingMs < 5_000 || told.RemainingMs > 10_000 {
		t.Errorf("deadline in %d ms, want nearly 10 s", told.RemainingMs)
	}
	env := "\n" + strings.Join(told.Environment, "\n") + "\n"
	for _, want := range []string{
		"AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1/Toy/1", "TABLE_NAME=Table",
		"AWS_LAMBDA_FUNCTION_NAME=Toy", "AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_REGION=us-east-1", "_HANDLER=bootstrap",
	} {
		if !strings.Contains(env, "\n"+want+"\n") {
			t.Errorf("environment lacks %s", want)
		}
	}
	if strings.Contains(env, "SECRET_OF_THE_LAPTOP") {
		t.Error("the test's own environment leaked")
	}
}

func TestReplacedBinary(t *testing.T) {
	p, _ := newTestPool(t, nil)
	p.Invoke(context.Background(), []byte(`{"text":"old"}`))
	again := filepath.Join(t.TempDir(), "again")
	if err := os.Link(toy, again); err != nil {
		t.Fatal(err)
	}
	p.Replace(again)
	if n, _ := p.Count(); n != 0 {
		t.Errorf("%d idle processes of the old binary remain", n)
	}
	if out := p.Invoke(context.Background(), []byte(`{"text":"new"}`)); !out.Cold {
		t.Error("an old process served an event")
	}
}

func TestCloseLeavesNoProcess(t *testing.T) {
	p, _ := newTestPool(t, nil)
	out := p.Invoke(context.Background(), []byte(`{"do":"describe"}`))
	var told struct{ PID int }
	if err := json.Unmarshal(out.Payload, &told); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if err := syscall.Kill(told.PID, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d still exists: %v", told.PID, err)
	}
	if out := p.Invoke(context.Background(), []byte(`{}`)); out.Failure == "" {
		t.Error("a closed pool served an event")
	}
}

func TestIdleProcessThatDiedIsReplacedUnnoticed(t *testing.T) {
	p, _ := newTestPool(t, nil)
	out := p.Invoke(context.Background(), []byte(`{"do":"describe"}`))
	var told struct{ PID int }
	if err := json.Unmarshal(out.Payload, &told); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(told.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.instances[0].exited
	if out := p.Invoke(context.Background(), []byte(`{"text":"well"}`)); string(out.Payload) != `"well"` {
		t.Errorf("got %s, failure %q", out.Payload, out.Failure)
	}
}
