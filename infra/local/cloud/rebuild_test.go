package cloud

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"livechat/infra/local/build"
	"livechat/infra/local/template"
)

// TestRebuildSaysThatTheFunctionsBuildAgain puts a handler back as it was, which changes no
// binary.
func TestRebuildSaysThatTheFunctionsBuildAgain(t *testing.T) {
	root := t.TempDir()
	write := func(path, content string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module toys\n\ngo 1.26\n")
	const program = "package main\n\nfunc main() {}\n"
	write("functions/a/main.go", program)
	var printed bytes.Buffer
	c := &Cloud{
		o: Options{Root: root}, progress: newJournal(&printed), built: map[string]time.Time{},
		template: &template.Template{Functions: []template.Function{{ID: "A", Code: "functions/a"}}},
		builder:  build.Builder{Root: root, Bin: filepath.Join(root, "bin")},
	}
	var err error
	if c.binaries, err = c.builder.Build(t.Context(), c.codeFolders()); err != nil {
		t.Fatal(err)
	}

	write("functions/a/main.go", "package main\n\nfunc main() { broken }\n")
	c.rebuild(t.Context())
	if !strings.Contains(printed.String(), "broken") || !strings.Contains(printed.String(), "the old functions keep running") {
		t.Errorf("it printed %q", &printed)
	}
	printed.Reset()
	write("functions/a/main.go", program)
	c.rebuild(t.Context())
	if printed.String() != "the functions build again\n" {
		t.Errorf("it printed %q", &printed)
	}
	printed.Reset()
	c.rebuild(t.Context())
	if printed.String() != "" {
		t.Errorf("an unchanged build printed %q", &printed)
	}
}
