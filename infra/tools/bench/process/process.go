// Package process runs a process of a built function and measures its times and its peak
// memory. It serves the Runtime API to the process and sets its environment. It does not
// choose functions or events.
//
// The package is separate from infra/local/runtime, which runs functions in pools that
// start processes on demand and does not measure starts.
package process

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"livechat/infra/local/process"
	"livechat/infra/local/template"
)

// Options configures a process.
type Options struct {
	Function template.Function
	// Binary is the built function.
	Binary string
	// Database is the database's address that is passed to the function.
	Database string
}

// Process is one process of a function.
type Process struct {
	o      Options
	cmd    *exec.Cmd
	output process.Output
	api    *http.Server

	events  chan []byte
	answers chan result // buffered, so that sending never blocks
	exited  chan struct{}

	began    time.Time
	asked    time.Time // when the process first requested an event
	setAsked sync.Once
}

// Start starts a process and returns immediately. The caller must call Stop.
func Start(o Options) (*Process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", o.Function.ID, err)
	}
	p := &Process{
		o: o, cmd: exec.Command(o.Binary),
		events:  make(chan []byte),
		answers: make(chan result, 1),
		exited:  make(chan struct{}),
	}
	p.cmd.Dir = filepath.Dir(o.Binary)
	p.cmd.Env = environment(o, p.cmd.Dir, listener.Addr().String())
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.SysProcAttr = process.OwnGroup()
	p.api = &http.Server{Handler: p.handler()}
	go func() { _ = p.api.Serve(listener) }() // wait closes p.api
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		p.api.Close()
		return nil, fmt.Errorf("start %s: %w", o.Function.ID, err)
	}
	go p.wait()
	return p, nil
}

func (p *Process) wait() {
	_ = p.cmd.Wait() // the result is in cmd.ProcessState
	p.api.Close()
	close(p.exited)
}

// Stop kills the process and waits until it has ended.
func (p *Process) Stop() {
	process.Kill(p.cmd)
	<-p.exited
}

// Answer is the answer to an event, with its times.
type Answer struct {
	Payload []byte
	// Took is the time since the event was passed to the process.
	Took time.Duration
	// SinceStart is the time since the process was started.
	SinceStart time.Duration
}

// Call passes event to the process as soon as it requests one, and returns the answer.
// Only one call may run at a time.
func (p *Process) Call(ctx context.Context, event []byte) (Answer, error) {
	select {
	case p.events <- event:
	case <-p.exited:
		return Answer{}, p.ended()
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx)
	}
	given := time.Now()
	select {
	case r := <-p.answers:
		if r.failed {
			return Answer{}, fmt.Errorf("%s failed: %s", p.o.Function.ID, r.payload)
		}
		return Answer{Payload: r.payload, Took: r.at.Sub(given), SinceStart: r.at.Sub(p.began)}, nil
	case <-p.exited:
		return Answer{}, p.ended()
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx)
	}
}

// Ready returns the time from the start to the process's first request for an event. It
// must not be called before the first Call has returned.
func (p *Process) Ready() time.Duration { return p.asked.Sub(p.began) }

func (p *Process) ended() error {
	return fmt.Errorf("%s ended (%s) %s", p.o.Function.ID, p.cmd.ProcessState, p.output.Last())
}
