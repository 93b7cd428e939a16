package npm

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	one      = `{"packages":{"":{"name":"x"},"node_modules/one":{"version":"1.0.0","integrity":"a"}}}`
	another  = `{"packages":{"node_modules/one":{"version":"2.0.0","integrity":"b"}}}`
	optional = `{"packages":{"node_modules/one":{"version":"1.0.0","integrity":"a"},"node_modules/two":{"version":"1.0.0","integrity":"c","optional":true}}}`
	two      = `{"packages":{"node_modules/one":{"version":"1.0.0","integrity":"a"},"node_modules/two":{"version":"1.0.0","integrity":"d","optional":true}}}`
)

func TestInstalledIsWhatTheLockNames(t *testing.T) {
	tests := map[string]struct {
		wanted, present string // the lock, and npm's record of what it installed
		complete, want  bool
	}{
		"nothing yet":                 {one, "", true, false},
		"as locked":                   {one, one, true, true},
		"another":                     {one, another, true, false},
		"incomplete":                  {one, one, false, false},
		"broken record":               {one, "{", true, false},
		"empty record":                {one, `{}`, true, false},
		"more than required":          {one, two, true, true},
		"without an optional package": {optional, one, true, true},
		"other optional version":      {optional, two, true, false},
		"without a required package":  {two, another, true, false},
		"no lock file":                {"", one, true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := folder(t, tt.wanted, tt.present)
			f.Complete = func() bool { return tt.complete }
			if got := f.installed(); got != tt.want {
				t.Errorf("installed %v, want %v", got, tt.want)
			}
			f.Complete = nil
			if got := f.installed(); tt.complete && got != tt.want {
				t.Errorf("with the record alone: installed %v, want %v", got, tt.want)
			}
		})
	}
}

func TestWithoutNpmItSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := folder(t, one, "").Install(t.Context(), io.Discard)
	if err == nil || !strings.HasPrefix(err.Error(), "fetch it: no npm found; install it") {
		t.Error(err)
	}
	if err := folder(t, one, one).Install(t.Context(), io.Discard); err != nil {
		t.Errorf("nothing to fetch: %v", err)
	}
}

// TestOneInstallsAtATime replaces npm by a script that records its runs.
func TestOneInstallsAtATime(t *testing.T) {
	bin := t.TempDir()
	f := folder(t, one, "")
	script := "#!/bin/sh\necho x >>runs\n/bin/mkdir -p node_modules && /bin/cp package-lock.json node_modules/.package-lock.json\n"
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	const callers = 4
	failed := make(chan error, callers)
	for range callers {
		go func() { failed <- f.Install(t.Context(), io.Discard) }()
	}
	for range callers {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if runs, err := os.ReadFile(filepath.Join(f.Path, "runs")); string(runs) != "x\n" {
		t.Errorf("runs %q (%v)", runs, err)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	f := folder(t, one, "")
	unlock, err := f.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(enough)
	if _, err := f.lock(ctx); !errors.Is(err, enough) {
		t.Error(err)
	}
}

// folder returns a folder with the lock file and npm's record, unless they are empty.
func folder(t *testing.T, wanted, present string) Folder {
	t.Helper()
	path := t.TempDir()
	for name, content := range map[string]string{"package-lock.json": wanted, "node_modules/.package-lock.json": present} {
		if content == "" {
			continue
		}
		name = filepath.Join(path, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Folder{Path: path, What: "it"}
}
