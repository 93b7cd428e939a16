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

// TestCallOfAnEndedProcess checks that a call does not wait for a process that has ended.
func TestCallOfAnEndedProcess(t *testing.T) {
	p := started(t, "false")
	_, err := p.Call(t.Context(), []byte("{}"))
	if err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("the call failed with %v, want the process's exit status", err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	p := started(t, "yes") // never requests an event
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Call(ctx, []byte("{}")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the call failed with %v, want its context's error", err)
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
