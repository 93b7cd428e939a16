// Package data is the folder in which a laptop cloud keeps its files. It defines the
// layout, and lets only one cloud use the folder at a time.
package data

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Folder is a data folder that this process has locked until Close.
type Folder struct {
	path string
	lock *os.File
}

// Open creates the folder if necessary and locks it.
func Open(path string) (*Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	// The kernel releases the lock even if the process crashes.
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		lock.Close()
		return nil, fmt.Errorf("another local cloud uses the data in %s; stop it, or choose another folder with DATA=…", path)
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("lock the data folder %s: %w", path, err)
	}
	return &Folder{path: path, lock: lock}, nil
}

// Database returns the folder of the database's files.
func (f *Folder) Database() string { return filepath.Join(f.path, "dynamodb") }

// Bin returns the folder of the built functions.
func (f *Folder) Bin() string { return filepath.Join(f.path, "bin") }

// Close releases the folder.
func (f *Folder) Close() { f.lock.Close() }
