// Package process runs a built function once, with a stopwatch. Inside: one
// process, its environment, the Runtime API it talks to, and how much memory it
// took. Not inside: which functions, which events, what the times mean.
//
// It is not infra/local/runtime: that runs functions for use, in pools that
// start processes when they need them, and tells no times of starting.
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

// Options of a process.
type Options struct {
	Function template.Function
	// Binary is the built function.
	Binary string
	// Database is the address that the function is told.
	Database string
}

// Process is one process of a function.
type Process struct {
	o      Options
	cmd    *exec.Cmd
	output process.Output
	api    *http.Server

	events  chan []byte
	answers chan result // takes one, so that nobody waits to give it
	exited  chan struct{}

	began    time.Time
	asked    time.Time // when it first asked for an event
	setAsked sync.Once
}

// Start returns as soon as the process exists. It must be stopped.
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
	go func() { _ = p.api.Serve(listener) }() // ends by Close in wait
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		p.api.Close()
		return nil, fmt.Errorf("start %s: %w", o.Function.ID, err)
	}
	go p.wait()
	return p, nil
}

func (p *Process) wait() {
	_ = p.cmd.Wait() // its outcome is in cmd.ProcessState
	p.api.Close()
	close(p.exited)
}

// Stop ends the process and returns when it has ended.
func (p *Process) Stop() {
	process.Kill(p.cmd)
	<-p.exited
}

// Answer is what became of an event, and when.
type Answer struct {
	Payload []byte
	// Took is the time since the process was given the event.
	Took time.Duration
	// SinceStart is the time since the process was started.
	SinceStart time.Duration
}

// Call gives the process an event, as soon as it asks for one, and returns its
// answer. One call at a time.
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

// Ready is the time from the start until the process asked for its first event.
// It is known after the first call.
func (p *Process) Ready() time.Duration { return p.asked.Sub(p.began) }

func (p *Process) ended() error {
	return fmt.Errorf("%s ended (%s) %s", p.o.Function.ID, p.cmd.ProcessState, p.output.Last())
}
