package process

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"livechat/infra/local/template"
)

// Nobody waits for a process that is gone.
func TestCallOfAnEndedProcess(t *testing.T) {
	p := started(t, "false")
	_, err := p.Call(t.Context(), []byte("{}"))
	if err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("the call ended with %v, want how the process ended", err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	p := started(t, "yes") // which never asks for an event
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Call(ctx, []byte("{}")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the call ended with %v, want its context's end", err)
	}
}

func started(t *testing.T, command string) *Process {
	t.Helper()
	binary, err := exec.LookPath(command)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(Options{Function: template.Function{ID: command}, Binary: binary})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}
