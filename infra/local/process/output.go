// Package process has what all child processes need: their own process group, an end no
// later than the parent's, and output that is both shown and remembered.
package process

import (
	"bytes"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// Kill ends a started command with everything it started.
func Kill(cmd *exec.Cmd) {
	// It fails only if no process is left.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// remembered is how many bytes are kept, enough for a panic's message and first frames.
const remembered = 8 << 10

// Output receives a child's output. It is safe for concurrent use.
type Output struct {
	// Line is called for each full line; nil shows nothing.
	Line func(string)

	mu      sync.Mutex
	partial []byte
	last    []byte
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = append(o.last, p...)
	if extra := len(o.last) - remembered; extra > 0 {
		o.last = append(o.last[:0], o.last[extra:]...)
	}
	if o.Line == nil {
		return len(p), nil
	}
	o.partial = append(o.partial, p...)
	for {
		line, rest, found := bytes.Cut(o.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		o.Line(string(line))
		o.partial = append(o.partial[:0], rest...)
	}
}

// Last returns the end of the output.
func (o *Output) Last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(string(o.last))
}
