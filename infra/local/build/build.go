// Package build compiles the functions for this machine, and decides where the binaries
// are stored. Watching sources and running binaries are elsewhere.
package build

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Builder builds the functions of one repository.
type Builder struct {
	Root string // the template's folder
	Bin  string // folder for the binaries; only this builder uses it
	Race bool   // with the race detector, which needs cgo
	// Progress, if it is set, receives the number of functions that a running build has
	// linked, every few seconds.
	Progress func(linked int)
}

// Binaries maps code folders to the paths of built functions. A path changes exactly when
// the binary's content changes. A binary is never overwritten, because it may be running.
type Binaries map[string]string

// Build compiles all folders in one compiler run, so that shared packages are compiled
// once. Its error contains the compiler's output.
//
// The compiler writes to a folder of the repository that all builders share, so that it
// does not link programs again that are up to date.
func (b Builder) Build(ctx context.Context, folders []string) (Binaries, error) {
	fresh, err := filepath.Abs(filepath.Join(b.Root, ".local", "build"))
	if err != nil {
		return nil, err
	}
	if b.Race {
		fresh += "-race"
	}
	if err := errors.Join(os.MkdirAll(fresh, 0o755), os.MkdirAll(b.Bin, 0o755)); err != nil {
		return nil, fmt.Errorf("folder of the binaries: %w", err)
	}
	lock := flock.New(fresh + ".lock")
	if _, err := lock.TryLockContext(ctx, retryLock); err != nil {
		return nil, fmt.Errorf("lock the folder of the binaries: %w", err)
	}
	defer func() { _ = lock.Close() }() // the process's end releases it at the latest
	if err := b.compile(ctx, fresh, folders); err != nil {
		return nil, err
	}
	built := Binaries{}
	for _, folder := range folders {
		path, err := b.keep(filepath.Join(fresh, filepath.Base(folder)))
		if err != nil {
			return nil, fmt.Errorf("keep the binary of %s: %w", folder, err)
		}
		built[folder] = path
	}
	return built, nil
}

// retryLock is how often a builder checks whether the lock is free.
const retryLock = 100 * time.Millisecond

// Prune removes unused binaries. Binaries that are still running continue: the kernel
// keeps a deleted file while it is in use.
func (b Builder) Prune(used Binaries) {
	keep := map[string]bool{}
	for _, path := range used {
		keep[path] = true
	}
	entries, _ := os.ReadDir(b.Bin) // in the worst case old files stay
	for _, e := range entries {
		if path := filepath.Join(b.Bin, e.Name()); !keep[path] {
			_ = os.Remove(path) // as above
		}
	}
}

func (b Builder) compile(ctx context.Context, out string, folders []string) error {
	args := []string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w"}
	cgo := "0"
	if b.Race {
		args, cgo = append(args, "-race"), "1"
	}
	args = append(args, "-o", out+string(filepath.Separator))
	for _, folder := range folders {
		args = append(args, "./"+filepath.ToSlash(folder))
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.Root
	// Build for this machine, even if the environment is set to build for Lambda.
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo, "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	ended := b.follow(out)
	printed, err := cmd.CombinedOutput()
	ended()
	if err != nil {
		return fmt.Errorf("build the functions: %w\n%s", err, strings.TrimSpace(string(printed)))
	}
	return nil
}

// progressEvery is the time between two calls of Progress.
const progressEvery = 5 * time.Second

// follow calls Progress until the returned function is called.
func (b Builder) follow(out string) (end func()) {
	if b.Progress == nil {
		return func() {}
	}
	began, done := time.Now(), make(chan struct{})
	var following sync.WaitGroup
	following.Go(func() {
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				b.Progress(countLinked(out, began))
			}
		}
	})
	return func() { close(done); following.Wait() }
}

// countLinked returns how many binaries the compiler has written since began.
func countLinked(out string, began time.Time) int {
	entries, _ := os.ReadDir(out) // an unreadable folder fails the build
	linked := 0
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().After(began) {
			linked++
		}
	}
	return linked
}

// keep copies a fresh binary to a path derived from its content.
func (b Builder) keep(fresh string) (string, error) {
	in, err := os.Open(fresh)
	if err != nil {
		return "", err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return "", err
	}
	path := filepath.Join(b.Bin, fmt.Sprintf("%s-%x", filepath.Base(fresh), sum.Sum(nil)[:8]))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	return path, write(path, in)
}

// write makes the file appear completely or not at all.
func write(path string, content io.Reader) error {
	temporary := path + ".new"
	out, err := os.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, content); err != nil {
		out.Close()
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
