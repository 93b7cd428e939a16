package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// runCommand passes signals on to the command and returns its exit code.
// It ends the command when gone is closed: its database is no more.
func runCommand(args, env []string, gone <-chan struct{}) (int, error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			// Fails only for a command that has just ended.
			_ = cmd.Process.Signal(s)
		case <-gone:
			_ = cmd.Process.Signal(syscall.SIGTERM)
			<-ended //nolint:errcheck // it was ended, not by itself
			return 1, errors.New("the database ended before the command did")
		case err := <-ended:
			return exitCode(cmd.ProcessState), unexpected(err)
		}
	}
}

// exitCode follows the shell: a command ended by a signal gives 128 and more.
func exitCode(state *os.ProcessState) int {
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return 128 + int(s.Signal())
	}
	return state.ExitCode()
}

// unexpected leaves out a command's own failure: its exit code says it.
func unexpected(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}
