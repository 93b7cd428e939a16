package runtime

import (
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"livechat/infra/local/process"
)

// initLimit is how long Lambda lets a process initialize.
const initLimit = 10 * time.Second

// instance is one process of a function, with its Runtime API.
type instance struct {
	o      Options
	binary string
	line   Line
	cmd    *exec.Cmd
	output *process.Output
	api    *http.Server

	events   chan *invocation
	ready    chan struct{} // closed at the first request for an event
	setReady sync.Once
	exited   chan struct{} // closed when the process has ended
	stopping atomic.Bool   // stopped by this package, so not a crash

	mu      sync.Mutex
	current *invocation
	served  int // used only by serve, which never runs concurrently
}

func startInstance(o Options, binary string) (*instance, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the runtime: %w", err)
	}
	i := &instance{
		o: o, binary: binary, line: o.Line(),
		output: &process.Output{Line: o.Log},
		events: make(chan *invocation),
		ready:  make(chan struct{}),
		exited: make(chan struct{}),
	}
	i.api = &http.Server{Handler: i.handler()}
	i.cmd = exec.Command(binary)
	i.cmd.Dir = filepath.Dir(binary)
	i.cmd.Env = Environment(o.Function, i.cmd.Dir, listener.Addr().String(), i.line.Endpoint())
	i.cmd.Stdout, i.cmd.Stderr = i.output, i.output
	i.cmd.SysProcAttr = process.OwnGroup()
	// A child of the function may keep the output open.
	i.cmd.WaitDelay = time.Second
	if err := i.cmd.Start(); err != nil {
		listener.Close()
		i.line.Close()
		return nil, err
	}
	i.line.Owned(i.kill)
	go func() { _ = i.api.Serve(listener) }() // wait closes it
	go i.wait()
	return i, nil
}

func (i *instance) wait() {
	_ = i.cmd.Wait() // the result is in cmd.ProcessState
	close(i.exited)
	i.api.Close()
	i.line.Close()
}

// kill kills the process from outside. Its invocation sees a crash.
func (i *instance) kill() {
	if !i.ended() {
		process.Kill(i.cmd)
	}
}

func (i *instance) ended() bool {
	select {
	case <-i.exited:
		return true
	default:
		return false
	}
}

func (i *instance) started() bool {
	select {
	case <-i.ready:
		return true
	default:
		return false
	}
}

// stop kills the process immediately, as Lambda does, and returns when it has ended.
func (i *instance) stop() {
	i.stopping.Store(true)
	process.Kill(i.cmd)
	<-i.exited
}

// serve passes event to the process. It returns false if the process has died since its
// last event, so that this event had no effect.
func (i *instance) serve(event []byte) (out Outcome, served bool) {
	v := newInvocation(event, i.o.Function.Timeout)
	if out, handed := i.hand(v); !handed {
		return out, out.Failure != ""
	}
	began := time.Now()
	out = i.await(v)
	out.RequestID = v.id
	out.Took = time.Since(began)
	out.Cold = i.served == 0
	out.Calls, out.Trips = i.line.Counts()
	out.ReadUnits, out.WriteUnits = i.line.Units()
	i.served++
	return out, true
}

// hand waits until the process requests its next event, and passes it v.
func (i *instance) hand(v *invocation) (Outcome, bool) {
	if i.ended() {
		return i.gone(v), false
	}
	limit := time.NewTimer(initLimit)
	defer limit.Stop()
	select {
	case i.events <- v:
		return Outcome{}, true
	case <-i.exited:
		return i.gone(v), false
	case <-limit.C:
		i.stop()
		return i.initFailure(v, fmt.Sprintf("requested no event within %s", initLimit)), false
	}
}

// gone reports a failure of v only if the process died before it requested its first
// event.
func (i *instance) gone(v *invocation) Outcome {
	if i.started() {
		return Outcome{}
	}
	return i.initFailure(v, i.cmd.ProcessState.String())
}

// await returns the outcome of v, which the process now has.
func (i *instance) await(v *invocation) Outcome {
	limit := time.NewTimer(i.o.Function.Timeout)
	defer limit.Stop()
	select {
	case out := <-v.done:
		return out
	case <-limit.C:
		return i.timeout(v)
	case <-i.exited:
	}
	// The process may have answered and then ended.
	select {
	case out := <-v.done:
		return out
	default:
		return i.crash(v)
	}
}
