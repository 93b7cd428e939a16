package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// runCommand runs the command, forwards signals to it, and returns its exit code. It ends
// the command when gone is closed, because the database has ended.
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
			// It fails only if the command has just ended.
			_ = cmd.Process.Signal(s)
		case <-gone:
			_ = cmd.Process.Signal(syscall.SIGTERM)
			<-ended //nolint:errcheck // the signal above ended it
			return 1, errors.New("the database ended before the command did")
		case err := <-ended:
			return exitCode(cmd.ProcessState), unexpected(err)
		}
	}
}

// exitCode follows the shell: a command ended by a signal has 128 plus the signal's
// number.
func exitCode(state *os.ProcessState) int {
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return 128 + int(s.Signal())
	}
	return state.ExitCode()
}

// unexpected drops a command's own failure, which its exit code already reports.
func unexpected(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}
