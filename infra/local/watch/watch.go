// Package watch reports changes of the functions' sources. It decides which files count,
// and waits until a burst of writes is over.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long nothing must change before changes are reported. Editors write in
// several steps, and version control writes many files.
const quiet = 200 * time.Millisecond

// Changes says what changed in a burst.
type Changes struct {
	Sources  bool // of functions/ or shared/, or the module's dependencies
	Template bool
}

// Watcher watches one repository.
type Watcher struct {
	root    string
	notify  *fsnotify.Watcher
	changed func(Changes)
}

// New starts to watch root. Run calls changed.
func New(root string, changed func(Changes)) (*Watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the sources: %w", err)
	}
	w := &Watcher{root: root, notify: notify, changed: changed}
	// Watch the folder, not its files: editors replace files.
	if err := notify.Add(root); err != nil {
		notify.Close()
		return nil, fmt.Errorf("watch %s: %w", root, err)
	}
	for _, folder := range []string{"functions", "shared"} {
		if err := w.addTree(filepath.Join(root, folder)); err != nil {
			notify.Close()
			return nil, err
		}
	}
	return w, nil
}

// Run calls changed after each burst of changes, one call at a time, until ctx
// ends.
func (w *Watcher) Run(ctx context.Context) {
	defer w.notify.Close()
	var pending Changes
	settled := time.NewTimer(quiet)
	settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-w.notify.Events:
			if found := w.classify(event); found != (Changes{}) {
				pending.Sources = pending.Sources || found.Sources
				pending.Template = pending.Template || found.Template
				settled.Reset(quiet)
			}
		case <-w.notify.Errors: //nolint:errcheck // any error means the same
			// Events were lost: assume that sources changed.
			pending.Sources = true
			settled.Reset(quiet)
		case <-settled.C:
			w.changed(pending)
			pending = Changes{}
		}
	}
}

func (w *Watcher) addTree(folder string) error {
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return w.notify.Add(path)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("watch %s: %w", folder, err)
	}
	return nil
}

func (w *Watcher) classify(event fsnotify.Event) Changes {
	name := filepath.Base(event.Name)
	if event.Op == fsnotify.Chmod || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasSuffix(name, "_test.go") {
		return Changes{}
	}
	if filepath.Dir(event.Name) == w.root {
		return Changes{Sources: name == "go.mod" || name == "go.sum", Template: name == "template.yaml"}
	}
	if event.Has(fsnotify.Create) {
		w.addNew(event.Name)
	}
	return Changes{Sources: true}
}

// addNew also watches a new folder. A folder that is already gone needs no watching.
func (w *Watcher) addNew(path string) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		_ = w.addTree(path)
	}
}
