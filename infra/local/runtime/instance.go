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

// initLimit is the time that Lambda gives a process to initialize.
const initLimit = 10 * time.Second

// instance is one process of a function, together with the Runtime API that serves it.
type instance struct {
	o      Options
	binary string
	line   Line
	cmd    *exec.Cmd
	output *process.Output
	api    *http.Server

	events   chan *invocation
	ready    chan struct{} // closed when the process first requests an event
	setReady sync.Once
	exited   chan struct{} // closed when the process has ended
	began    time.Time
	init     time.Duration // from began to ready
	stopping atomic.Bool   // set if this package stops the process, so that its end is not reported as a crash

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
	// Do not wait longer for the output, because a child of the function may keep it
	// open.
	i.cmd.WaitDelay = time.Second
	i.began = time.Now()
	if err := i.cmd.Start(); err != nil {
		listener.Close()
		i.line.Close()
		return nil, err
	}
	i.line.Owned(i.kill)
	go func() { _ = i.api.Serve(listener) }() // wait closes i.api
	go i.wait()
	return i, nil
}

func (i *instance) wait() {
	_ = i.cmd.Wait() // the result is in cmd.ProcessState
	close(i.exited)
	i.api.Close()
	i.line.Close()
}

// kill kills the process, unless it has ended. If the process has an event, the event's
// outcome is a crash.
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

// stop kills the process immediately, as Lambda does, and waits until it has ended.
func (i *instance) stop() {
	i.stopping.Store(true)
	process.Kill(i.cmd)
	<-i.exited
}

// serve passes the event to the process and waits for the outcome. It returns false if
// the process had died since its last event. In this case the event had no effect.
func (i *instance) serve(event []byte) (out Outcome, served bool) {
	v := newInvocation(event, i.o.Function.Timeout)
	if out, handed := i.hand(v); !handed {
		return out, out.Failure != ""
	}
	began := time.Now()
	out = i.await(v)
	out.RequestID = v.id
	out.Took = time.Since(began)
	out.PID = i.cmd.Process.Pid
	if i.served == 0 {
		out.Cold, out.Init = true, i.init
	}
	out.Calls, out.Trips = i.line.Counts()
	out.ReadUnits, out.WriteUnits = i.line.Units()
	i.served++
	return out, true
}

// hand waits until the process requests an event, and passes v to it. It returns false if
// the process ended or did not request an event in time.
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

// gone returns the outcome for a process that ended before it got v. It is a failure only
// if the process never requested an event.
func (i *instance) gone(v *invocation) Outcome {
	if i.started() {
		return Outcome{}
	}
	return i.initFailure(v, i.cmd.ProcessState.String())
}

// await waits for the outcome of v, which was passed to the process.
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
