// Package npm installs npm packages that the tests and the laptop cloud use but that are
// not kept in this repository. It compares an install with the lock file and runs npm ci
// if they differ.
package npm

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Folder is a folder with a package.json and its lock file.
type Folder struct {
	// Path of the folder.
	Path string
	// What names the packages for people.
	What string
	// Complete reports whether all required files exist, beyond npm's own record. If it
	// is nil, the record is trusted.
	Complete func() bool
}

// Install installs what the lock file names, unless it is already installed. Several
// processes may call it at the same time. It runs no package's scripts.
func (f Folder) Install(ctx context.Context, progress io.Writer) error {
	if f.installed() {
		return nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return fmt.Errorf("fetch %s: no npm found; install it (Debian: apt install npm; macOS: brew install node)", f.What)
	}
	unlock, err := f.lock(ctx)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", f.What, err)
	}
	defer unlock()
	if f.installed() {
		return nil // another process has installed it
	}
	fmt.Fprintf(progress, "fetching %s (npm ci) …\n", f.What)
	cmd := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = f.Path
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetch %s: npm ci in %s: %w\n%s", f.What, f.Path, err, bytes.TrimSpace(out))
	}
	return nil
}

// retryLock is how often a process checks whether the lock is free.
const retryLock = 100 * time.Millisecond

// lock locks the folder's lock file for this process. The kernel releases the lock even
// if the process crashes.
func (f Folder) lock(ctx context.Context) (unlock func(), err error) {
	lock := flock.New(f.lockFile(), flock.SetFlag(os.O_RDONLY))
	if _, err := lock.TryLockContext(ctx, retryLock); err != nil {
		return nil, fmt.Errorf("lock %s: %w", f.lockFile(), cmp.Or(context.Cause(ctx), err))
	}
	return func() { _ = lock.Close() }, nil // the process's end releases it at the latest
}

func (f Folder) lockFile() string { return filepath.Join(f.Path, "package-lock.json") }

// installed compares the lock file with npm's record of the installed packages, so a
// manual npm ci counts too.
func (f Folder) installed() bool {
	wanted, err := readLock(f.lockFile())
	if err != nil {
		return false
	}
	present, err := readLock(filepath.Join(f.Path, "node_modules", ".package-lock.json"))
	if err != nil {
		return false
	}
	for name, pkg := range wanted.Packages {
		existing, isThere := present.Packages[name]
		if name == "" || pkg.Optional && !isThere {
			continue // the folder itself, or a package for other machines
		}
		if existing != pkg {
			return false
		}
	}
	return f.Complete == nil || f.Complete()
}

// lock is the part of npm's lock file that lists the packages.
type lock struct {
	Packages map[string]locked `json:"packages"`
}

type locked struct {
	Version   string `json:"version"`
	Integrity string `json:"integrity"`
	Optional  bool   `json:"optional"`
}

func readLock(path string) (lock, error) {
	var l lock
	data, err := os.ReadFile(path)
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(data, &l); err != nil {
		return l, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}
