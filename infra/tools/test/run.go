package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// run runs go test with the arguments, and reports whether all tests passed.
func run(ctx context.Context, args []string) (passed bool, err error) {
	packages, err := countPackages(ctx, args)
	if err != nil {
		return false, err
	}
	began := time.Now()
	test := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	test.Cancel = func() error { return test.Process.Signal(os.Interrupt) }
	test.Stderr = os.Stderr
	events, err := test.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := test.Start(); err != nil {
		return false, err
	}
	r := report{out: os.Stdout, packages: packages}
	readErr := r.read(events)
	waitErr := test.Wait()
	r.summarize(time.Since(began))
	if readErr != nil {
		return false, readErr
	}
	return waitErr == nil && len(r.failed) == 0, nil
}

// countPackages returns how many of the named packages have tests.
func countPackages(ctx context.Context, args []string) (int, error) {
	list := []string{"list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}.{{end}}"}
	for _, arg := range args {
		if strings.HasPrefix(arg, ".") || strings.HasPrefix(arg, module) {
			list = append(list, arg)
		}
	}
	out, err := exec.CommandContext(ctx, "go", list...).Output()
	if err != nil {
		return 0, fmt.Errorf("go %s: %w", strings.Join(list, " "), err)
	}
	return strings.Count(string(out), "."), nil
}
