// Package dynamodblocal fetches Amazon's DynamoDB Local and runs it as a child process.
// It handles the download, the choice between Java and the container image, start,
// readiness and stop. It does not touch tables or data.
package dynamodblocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"livechat/infra/local/process"
)

// Options configures a database.
type Options struct {
	// PackageDir is the folder with package.json and its lock file; see Find.
	PackageDir string
	// DataDir is the folder of the database files. If it is empty, everything is in memory.
	DataDir string
	// Port is the port to listen on; 0 selects a free port.
	Port int
	// Progress receives a line for each slow step; nil discards them.
	Progress io.Writer
}

// Server is a running DynamoDB Local.
type Server struct {
	// Endpoint is the address to set as AWS_ENDPOINT_URL_DYNAMODB.
	Endpoint string
	// Port is the port that the database listens on.
	Port int

	cmd     *exec.Cmd
	output  *process.Output
	done    chan struct{}
	stop    sync.Once
	stopped atomic.Bool
}

// Start fetches DynamoDB Local if necessary, runs it, and returns once it answers.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if err := createDir(&o); err != nil {
		return nil, err
	}
	if err := choosePort(&o); err != nil {
		return nil, err
	}
	cmd, err := command(ctx, o)
	if err != nil {
		return nil, err
	}
	s, err := launch(cmd, o.Port)
	if err != nil {
		return nil, err
	}
	if err := s.awaitAnswer(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Done is closed when the database has ended, whether by Stop or unexpectedly.
func (s *Server) Done() <-chan struct{} { return s.done }

// PID returns the child's process id. With a container it is the client's process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Err says why the database ended unexpectedly. It returns nil while the database runs
// and after Stop.
func (s *Server) Err() error {
	if s.stopped.Load() {
		return nil
	}
	select {
	case <-s.done:
		return fmt.Errorf("DynamoDB Local ended unexpectedly (%s) %s", s.cmd.ProcessState, s.output.Last())
	default:
		return nil
	}
}

// Stop ends the database and returns when it has ended. It may be called more than once.
func (s *Server) Stop() {
	s.stop.Do(func() {
		s.stopped.Store(true)
		// It fails only if the process has already ended.
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.done:
		case <-time.After(5 * time.Second):
			_ = s.cmd.Process.Kill()
		}
	})
	<-s.done
}

func createDir(o *Options) error {
	if o.DataDir == "" {
		return nil
	}
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return fmt.Errorf("database folder: %w", err)
	}
	o.DataDir = dir
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("database folder: %w", err)
	}
	return nil
}

// choosePort replaces port 0, because DynamoDB Local cannot choose a port and report it.
func choosePort(o *Options) error {
	if o.Port != 0 {
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("find a free port for the database: %w", err)
	}
	o.Port = l.Addr().(*net.TCPAddr).Port
	return l.Close()
}

// command prefers an installed Java, which starts faster than a container and ends with
// this process. Without Java and Docker, it fetches a packaged Java.
func command(ctx context.Context, o Options) (*exec.Cmd, error) {
	java := "java"
	if missing := whyNoJava(ctx); missing != "" {
		if dockerAnswers(ctx) {
			fmt.Fprintf(o.Progress, "%s: using the image %s instead\n", missing, image)
			return dockerCommand(o), nil
		}
		fmt.Fprintf(o.Progress, "%s, and no Docker engine is running\n", missing)
		var err error
		if java, err = packagedJava(ctx, o.PackageDir, o.Progress); err != nil {
			return nil, fmt.Errorf("%w\nInstead, you can install Java %d or newer", err, oldestJava)
		}
	}
	if err := Fetch(ctx, o.PackageDir, o.Progress); err != nil {
		return nil, err
	}
	return javaCommand(java, o)
}

func launch(cmd *exec.Cmd, port int) (*Server, error) {
	s := &Server{
		Endpoint: "http://127.0.0.1:" + strconv.Itoa(port),
		Port:     port,
		cmd:      cmd,
		output:   new(process.Output),
		done:     make(chan struct{}),
	}
	cmd.Stderr = s.output // its stdout is a banner
	cmd.SysProcAttr = process.OwnGroup()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start DynamoDB Local: %w", err)
	}
	go func() {
		_ = cmd.Wait() // the result is in cmd.ProcessState
		close(s.done)
	}()
	return s, nil
}

// awaitAnswer polls until the database answers, with any status.
func (s *Server) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("no answer within a minute"))
	defer cancel()
	err := process.AwaitAnswer(ctx, s.Endpoint, s.done, 25*time.Millisecond)
	if errors.Is(err, process.ErrEnded) {
		return fmt.Errorf("DynamoDB Local ended while starting (%s): %s", s.cmd.ProcessState, s.output.Last())
	}
	if err != nil {
		return fmt.Errorf("wait for DynamoDB Local: %w", err)
	}
	return nil
}
