//go:build sam

package build

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"testing"
)

func TestProgramsAreForTheirArchitecture(t *testing.T) {
	c := newCheckout(t, "here")
	for architecture, want := range map[string]elf.Machine{"arm64": elf.EM_AARCH64, "x86_64": elf.EM_X86_64} {
		for id, path := range c.build(t, architecture) {
			program, err := elf.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer program.Close()
			if program.Machine != want {
				t.Errorf("%s for %s is a program for %v", id, architecture, program.Machine)
			}
			if libraries, err := program.ImportedLibraries(); err != nil || len(libraries) > 0 {
				t.Errorf("%s for %s needs the libraries %v (%v)", id, architecture, libraries, err)
			}
		}
	}
}

// TestSameSourceGivesSameBytes checks that builds are reproducible. Otherwise each
// deployment would replace every function.
func TestSameSourceGivesSameBytes(t *testing.T) {
	here := newCheckout(t, "here").build(t, "arm64")
	existing := newCheckout(t, "another-folder-at-another-commit").build(t, "arm64")
	for id := range here {
		if !bytes.Equal(read(t, here[id]), read(t, existing[id])) {
			t.Errorf("%s differs", id)
		}
	}
}

func TestChangeInSharedIsBuilt(t *testing.T) {
	const marker = "a change that the test made"
	c := newCheckout(t, "here")
	c.build(t, "arm64")
	change := "package function\n\nimport \"os\"\n\nfunc init() {\n\tif len(os.Args) > 99 {\n\t\tprintln(\"" + marker + "\")\n\t}\n}\n"
	if err := os.WriteFile(filepath.Join(c.folder, "shared", "function", "changed.go"), []byte(change), 0o644); err != nil {
		t.Fatal(err)
	}
	for id, path := range c.build(t, "arm64") {
		if !bytes.Contains(read(t, path), []byte(marker)) {
			t.Errorf("%s lacks the change", id)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
