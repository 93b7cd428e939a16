package sam

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"

	"livechat/infra/local/process"
)

// API is a running `sam local start-api`.
type API struct {
	URL string

	cmd    *exec.Cmd
	output *process.Output
	done   chan struct{}
	stop   sync.Once
}

// StartAPI starts SAM and returns once the API answers. Port 0 selects a free port. The
// output of SAM and the functions goes to log.
func (l *Local) StartAPI(ctx context.Context, port int, log io.Writer) (*API, error) {
	port, err := freePort(port)
	if err != nil {
		return nil, err
	}
	a := &API{
		URL: "http://localhost:" + strconv.Itoa(port),
		// Keep one container per function: a new one for each call takes half a second.
		cmd:    l.command("start-api", "--port", strconv.Itoa(port), "--warm-containers", "LAZY"),
		output: &process.Output{Line: func(line string) { fmt.Fprintln(log, line) }},
		done:   make(chan struct{}),
	}
	a.cmd.Stdout, a.cmd.Stderr = a.output, a.output
	a.cmd.SysProcAttr = process.OwnGroup()
	if err := a.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start SAM: %w; `make build` installs it", err)
	}
	go func() {
		_ = a.cmd.Wait() // the result is in cmd.ProcessState
		close(a.done)
	}()
	if err := a.awaitAnswer(ctx); err != nil {
		a.Stop()
		return nil, err
	}
	return a, nil
}

// Done is closed when SAM has ended, whether by Stop or unexpectedly.
func (a *API) Done() <-chan struct{} { return a.done }

// Stop ends SAM, which removes its containers, and returns when it has ended. It may be
// called more than once.
func (a *API) Stop() {
	a.stop.Do(func() {
		// It fails only if the process has already ended.
		_ = a.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-a.done:
		case <-time.After(time.Minute):
			process.Kill(a.cmd)
		}
	})
	<-a.done
}

// awaitAnswer polls until SAM answers, with any status. Before that, SAM may fetch
// Lambda's image.
func (a *API) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Minute, errors.New("no answer within ten minutes"))
	defer cancel()
	err := process.AwaitAnswer(ctx, a.URL, a.done, 100*time.Millisecond)
	if errors.Is(err, process.ErrEnded) {
		return fmt.Errorf("SAM ended while starting (%s)", a.cmd.ProcessState)
	}
	if err != nil {
		return fmt.Errorf("wait for SAM: %w", err)
	}
	return nil
}

// freePort replaces port 0, because SAM does not. It refuses a port in use with a short
// error, unlike SAM.
func freePort(port int) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return 0, fmt.Errorf("listen on the API's port: %w", err)
	}
	port = l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
